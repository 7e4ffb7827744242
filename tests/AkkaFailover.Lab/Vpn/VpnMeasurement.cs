using System.Globalization;

namespace AkkaFailover.Lab.Vpn;

/// <summary>What one client noticed of a fault.</summary>
/// <param name="OutageMs">The longest of them, or the longest time without an answer through its tunnel where there was none.</param>
/// <param name="Interruptions">When answers were missing for more than 300 ms.</param>
/// <param name="AddressBefore">Its address in the tunnel before the fault.</param>
/// <param name="AddressAfter">And after it.</param>
public sealed record VpnClientResult(double OutageMs, IReadOnlyList<Interruption> Interruptions, string? AddressBefore, string? AddressAfter)
{
    /// <summary>Whether it is the same.</summary>
    public bool KeptAddress => AddressBefore == AddressAfter;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{OutageMs / 1000:0.00} s, interruptions: {(Interruptions.Count == 0 ? "none" : string.Join(", ", Interruptions))}; {(KeptAddress ? AddressBefore : $"{AddressBefore} became {AddressAfter}")}");
}

/// <summary>What one run of one fault showed.</summary>
/// <param name="Fault">The fault's key.</param>
/// <param name="Variant">The key of the way to the server.</param>
/// <param name="Daemon">Who failed over.</param>
/// <param name="UserLocked">The client with password and token, behind the router.</param>
/// <param name="AutoLogin">The client with a certificate alone, on the LAN.</param>
/// <param name="PasswordChecks">How often the first one's password was asked for after the fault, on both nodes.</param>
/// <param name="TokenLogins">How often it came in by its token after the fault.</param>
/// <param name="NewAccountWorks">Whether an account that was added on the active half a second before the fault is good after it.</param>
/// <param name="AddressOutageMs">The longest time in which the virtual address itself did not answer the host behind the router.</param>
/// <param name="HeldByBothMs">How long both kernels had the virtual address.</param>
/// <param name="Holder">Who had it at the end: old, new, both or nobody.</param>
public sealed record VpnMeasurement(
    string Fault,
    string Variant,
    string Daemon,
    VpnClientResult UserLocked,
    VpnClientResult AutoLogin,
    int PasswordChecks,
    int TokenLogins,
    bool NewAccountWorks,
    double AddressOutageMs,
    double HeldByBothMs,
    string Holder)
{
    /// <summary>The outage of the client that was worse off.</summary>
    public double OutageMs => Math.Max(UserLocked.OutageMs, AutoLogin.OutageMs);

    /// <summary>The interruptions of the client that was worse off.</summary>
    public int Interruptions => Math.Max(UserLocked.Interruptions.Count, AutoLogin.Interruptions.Count);

    /// <summary>Whether both clients have their addresses again.</summary>
    public bool KeptAddresses => UserLocked.KeptAddress && AutoLogin.KeptAddress;

    /// <summary>Whether the role moved, was never on both nodes, and every session went on as if nothing had been.</summary>
    public bool IsContinued => this is { Holder: "new", HeldByBothMs: 0, PasswordChecks: 0, TokenLogins: > 0, NewAccountWorks: true, KeptAddresses: true };
}
