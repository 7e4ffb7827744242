using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Vpn;

/// <summary>
/// A VPN gateway on a pair, with real servers and clients: one client outside, behind the router's NAT, logs in by certificate and
/// password and from then on by its session token; one on the LAN by its certificate alone.
/// </summary>
public sealed class VpnRig : IDisposable
{
    /// <summary>The user with a password.</summary>
    public const string User = "alice";

    /// <summary>The device with a certificate alone.</summary>
    public const string Device = "kiosk";

    /// <summary>The user whose account comes late.</summary>
    public const string Newcomer = "bob";

    private const string Password = "correct horse", NewcomersPassword = "battery staple";
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(30), Rest = TimeSpan.FromSeconds(1);

    // A client that was left behind by a dead server notices after up to three of its time-outs.
    private static readonly TimeSpan LongestReturn = TimeSpan.FromSeconds(200);
    private readonly VpnClient _newcomer;
    private bool _stays;

    private VpnRig(LabNetwork lab, VpnContender contender, VpnVariant variant)
    {
        (Lab, Contender, Variant) = (lab, contender, variant);
        VpnRouting.Apply(lab);
        Pki = new VpnPki(Path.Combine(lab.Folder, "pki"));
        Servers = new VpnServers(lab, Pki, variant, [Device]);
        foreach (var server in new[] { Servers.A, Servers.B }) server.MakeRuntime();
        var (a, b) = contender.Prepare(lab, Servers);
        // Where nothing replicates, both have the account.
        foreach (var server in new[] { Servers.A, Servers.B }.Where(server => Directory.Exists(server.Folder))) server.AddAccount(User, Password);
        UserLocked = new VpnClient(lab.Outside, User, VpnClient.Profile(Pki, User, VpnRouting.RouterOutside, variant, new VpnLogin(User, Password)));
        AutoLogin = new VpnClient(lab.Client, Device, VpnClient.Profile(Pki, Device, LabTopology.VirtualAddress, variant, login: null));
        // Its tunnel goes nowhere: what counts is that the server lets it in, and the routes of its host are the other client's.
        // It leaves without a word, so that with each fault one of the clients to be kicked is gone.
        _newcomer = new VpnClient(lab.Client, Newcomer, VpnClient.Profile(Pki, Newcomer, LabTopology.VirtualAddress, variant,
            new VpnLogin(Newcomer, NewcomersPassword), "dev null\ndev-type tun"));
        Observer = new Observer(lab);
        Pair = new LabPair(lab, Observer, a, b);
        UserProbe = new TunnelProbe(UserLocked.Host);
        DeviceProbe = new TunnelProbe(AutoLogin.Host);
    }

    /// <summary>The network.</summary>
    public LabNetwork Lab { get; }

    /// <summary>Who fails over.</summary>
    public VpnContender Contender { get; }

    /// <summary>How clients reach the server.</summary>
    public VpnVariant Variant { get; }

    /// <summary>Keys and certificates.</summary>
    public VpnPki Pki { get; }

    /// <summary>The servers.</summary>
    public VpnServers Servers { get; }

    /// <summary>What the network reports.</summary>
    public Observer Observer { get; }

    /// <summary>The nodes.</summary>
    public LabPair Pair { get; }

    /// <summary>The client with password and token, behind the router.</summary>
    public VpnClient UserLocked { get; }

    /// <summary>The client with a certificate alone, on the LAN.</summary>
    public VpnClient AutoLogin { get; }

    /// <summary>Asks through the tunnel of <see cref="UserLocked"/>.</summary>
    public TunnelProbe UserProbe { get; }

    /// <summary>Asks through the tunnel of <see cref="AutoLogin"/>.</summary>
    public TunnelProbe DeviceProbe { get; }

    /// <summary>Builds it, and starts nothing; dispose it.</summary>
    public static VpnRig Create(VpnContender contender, VpnVariant variant)
    {
        var lab = LabNetwork.Create();
        try
        {
            return new VpnRig(lab, contender, variant);
        }
        catch (LabException)
        {
            lab.Dispose();
            throw;
        }
    }

    /// <summary>Brings pair and clients to rest.</summary>
    /// <exception cref="LabException">They do not come to rest.</exception>
    public async Task Settle()
    {
        // Whoever is active first has the files that count.
        if (Pair.A.Process is null)
        {
            Pair.A.Start();
            await Pair.Expect(() => Observer.Holders is ["a"], TimeSpan.FromSeconds(15), "node a is active");
        }
        await Pair.Settle();
        foreach (var client in new[] { UserLocked, AutoLogin }.Where(client => !client.Runs)) client.Start();
        await Expect(() => IsQuiet(Rest), LongestReturn, "both clients have answers through their tunnels");
    }

    /// <summary>Whether both clients have had answers without an interruption for so long.</summary>
    public bool IsQuiet(TimeSpan duration) => UserProbe.IsQuiet(duration) && DeviceProbe.IsQuiet(duration);

    /// <summary>Adds the newcomer's account on a node.</summary>
    public void AddNewcomer(Node active) => Servers.On(active.Host).AddAccount(Newcomer, NewcomersPassword);

    /// <summary>Removes the newcomer's account from both nodes, where an earlier fault has left it.</summary>
    public async Task ForgetNewcomer()
    {
        VpnServer[] with = [.. new[] { Servers.A, Servers.B }.Where(server => server.HasAccount(Newcomer))];
        foreach (var server in Contender.Replicates ? with.Where(server => server == Servers.On(Pair.Active.Host)) : with) server.RemoveAccount(Newcomer);
        await Expect(() => !Servers.A.HasAccount(Newcomer) && !Servers.B.HasAccount(Newcomer), TimeSpan.FromSeconds(10), "the newcomer's account is gone on both nodes");
    }

    /// <summary>Whether the newcomer is let in.</summary>
    public async Task<bool> NewcomerIsLetIn()
    {
        var before = _newcomer.Connections;
        _newcomer.Start();
        await LabClock.Until(() => _newcomer.Connections > before || !_newcomer.Runs, ConnectTime);
        var letIn = _newcomer.Connections > before;
        _newcomer.Terminate();
        await Expect(() => !_newcomer.Runs, TimeSpan.FromSeconds(10), "the newcomer has left");
        return letIn;
    }

    /// <summary>Waits until a condition holds, or fails with what was waited for and what everybody wrote.</summary>
    /// <exception cref="LabException">It did not hold in time.</exception>
    public async Task Expect(Func<bool> condition, TimeSpan within, string what)
    {
        if (!await LabClock.Until(condition, within)) throw new LabException($"after {within.TotalSeconds:0.#} s still not: {what}\n{Describe()}");
    }

    /// <summary>The end of what everybody wrote.</summary>
    public string Describe() => string.Join('\n',
        [Pair.Describe(), .. new[] { UserLocked, AutoLogin, _newcomer }.Select(client => Tail($"client {client.Name}", client.Log)),
            Tail("server on a", Servers.A.Log), Tail("server on b", Servers.B.Log)]);

    /// <summary>Leaves hosts and processes as they are when this is disposed.</summary>
    public void Keep()
    {
        Lab.Keep();
        _stays = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        UserProbe.Dispose();
        DeviceProbe.Dispose();
        Observer.Dispose();
        Pki.Dispose();
        if (!_stays) Lab.Dispose();
    }

    private static string Tail(string what, string log) => $"--- {what}\n{string.Join('\n', log.Split('\n').TakeLast(30))}";
}
