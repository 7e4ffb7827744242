using System.Text;
using AkkaFailover.Core.Service;
using AkkaFailover.Linux.Guard;
using AkkaFailover.Linux.Netlink;

namespace AkkaFailover.Fuzz;

/// <summary>What the kernel, systemd, and daemon and guard say to each other: trusted, and no reason to fail.</summary>
internal static class HostTargets
{
    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new("netlink-address", [Address(2, 192, 0, 2, 222), Address(10, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x22)], () => (input, _) => ReadAddress(input)),
        new("guard-record", [Record(GuardRecordKind.Hold, 7, ""), Record(GuardRecordKind.Expired, 0, "the lease has ended")], () => (input, _) => ReadRecord(input)),
        new("unit-status", [Encoding.UTF8.GetBytes("LoadState=loaded\nActiveState=failed\nSubState=failed\nMainPID=77\nResult=exit-code\nExecMainStatus=3\nRestart=no\nControlGroup=/system.slice/x.service\nUnitFileState=enabled")],
            () => (input, _) => UnitStatus.Parse(Encoding.UTF8.GetString(input).Split('\n'))),
    ];

    // Header (family, prefix length, flags, scope, index), IFA_ADDRESS, IFA_CACHEINFO with a lifetime of a second.
    private static byte[] Address(byte family, params byte[] octets) =>
        [family, 24, 0, 0, 2, 0, 0, 0, (byte)(4 + octets.Length), 0, 1, 0, .. octets, 20, 0, 6, 0, 1, 0, 0, 0, 1, 0, 0, 0, .. new byte[8]];

    private static byte[] Record(GuardRecordKind kind, long number, string text)
    {
        var record = new byte[GuardRecord.Length];
        GuardRecord.Write(record, kind, number, text);
        return record;
    }

    private static void ReadAddress(byte[] input) => _ = KernelAddress.TryRead(input, out _);

    private static void ReadRecord(byte[] input)
    {
        if (!GuardRecord.TryRead(input, out var record)) return;
        _ = record.Text;
        var again = new byte[GuardRecord.Length];
        GuardRecord.Write(again, record.Kind, record.Number, record.Body);
        if (!GuardRecord.TryRead(again, out var same) || same.Kind != record.Kind || same.Number != record.Number || !same.Body.SequenceEqual(record.Body)) throw new FuzzException($"{record.Kind} is not what is written for it");
    }
}
