using System.Net;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Health;

/// <summary>Good when a GET is answered with 200 to 399. Only the status and the headers are read, on a connection of its own.</summary>
internal static class HttpProbe
{
    /// <summary>In KiB; more is no answer.</summary>
    private const int MostHeaders = 16;

    public static ProbeAnswer Run(HttpCheck check)
    {
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = check.Timeout,
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = MostHeaders,
            UseCookies = false,
            UseProxy = false,
        };
        using var client = new HttpClient(handler, disposeHandler: false) { Timeout = check.Timeout };
        using var request = new HttpRequestMessage(HttpMethod.Get, check.Url);
        request.Headers.ConnectionClose = true;
        try
        {
            // The synchronous call: it needs no thread pool.
            using var response = client.Send(request, HttpCompletionOption.ResponseHeadersRead);
            var status = (int)response.StatusCode;
            return new ProbeAnswer(status is >= 200 and <= 399, $"{check.Url} answers {status}");
        }
        catch (TaskCanceledException)
        {
            return new ProbeAnswer(false, $"{check.Url} did not answer within {check.Timeout.TotalSeconds:0.###} s");
        }
        catch (HttpRequestException failure)
        {
            return new ProbeAnswer(false, $"{check.Url}: {failure.InnerException?.Message ?? failure.Message}");
        }
    }
}
