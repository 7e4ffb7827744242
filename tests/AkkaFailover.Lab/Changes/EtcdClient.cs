using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using AkkaFailover.Lab.Changes.Etcd;
using AkkaFailover.Lab.Network;
using Google.Protobuf;

namespace AkkaFailover.Lab.Changes;

/// <summary>
/// A client of an etcd member over gRPC, etcd's own protocol: its JSON gateway would cost the member more. Clients share a few HTTP/2
/// connections, as the clients of one program do.
/// </summary>
/// <param name="http">A connection of <see cref="Connect"/>; not disposed.</param>
internal sealed class EtcdClient(HttpClient http) : IChangeClient
{
    /// <summary>The port for clients.</summary>
    public const int Port = 2379;

    private const int PrefixLength = 5;
    private static readonly MediaTypeHeaderValue Grpc = new("application/grpc");

    /// <summary>An HTTP/2 connection to the member on a host, made inside the host.</summary>
    public static HttpClient Connect(LabHost host) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, stop) =>
        {
            var socket = NetworkNamespace.Run(host.Namespace, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
            await socket.ConnectAsync(IPAddress.Loopback, Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{Port}"),
    };

    /// <inheritdoc/>
    public Task Put(string key, string value) =>
        Call("KV/Put", new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) });

    /// <summary>Whether the member leads.</summary>
    /// <exception cref="LabException">It did not answer.</exception>
    public async Task<bool> IsLeader()
    {
        var status = StatusResponse.Parser.ParseFrom((await Call("Maintenance/Status", new StatusRequest())).AsSpan(PrefixLength));
        return status.Leader != 0 && status.Leader == status.Header.MemberId;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The connection is shared and belongs to whoever made it.
    }

    private async Task<byte[]> Call(string method, IMessage message)
    {
        var body = new byte[PrefixLength + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), body.Length - PrefixLength);
        message.WriteTo(body.AsSpan(PrefixLength));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/etcdserverpb.{method}")
        {
            Content = new ByteArrayContent(body),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Content.Headers.ContentType = Grpc;
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        try
        {
            using var response = await http.SendAsync(request);
            var answer = await response.Content.ReadAsByteArrayAsync();
            var status = Status(response.TrailingHeaders) ?? Status(response.Headers);
            return status == "0" ? answer : throw new LabException($"etcd {method}: grpc-status {status}");
        }
        catch (HttpRequestException failed)
        {
            throw new LabException($"etcd {method}: {failed.Message}");
        }
    }

    private static string? Status(HttpHeaders headers) => headers.TryGetValues("grpc-status", out var values) ? values.First() : null;
}
