using System.Text;
using AkkaFailover.Core.Rehearsal;
using AkkaFailover.Core.Service;
using AkkaFailover.Daemon.Rehearsal;
using AkkaFailover.Linux.Guard;
using AkkaFailover.Linux.Netlink;
using AkkaFailover.Linux.Rehearsal;

namespace AkkaFailover.Fuzz;

/// <summary>What the kernel, systemd, and the daemon's own processes say to each other: trusted, and no reason to fail.</summary>
internal static class HostTargets
{
    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new("netlink-address", [Address(2, 192, 0, 2, 222), Address(10, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x22)], () => (input, _) => ReadAddress(input)),
        new("guard-record", [Record(GuardRecordKind.Hold, 7, ""), Record(GuardRecordKind.Expired, 0, "the lease has ended")], () => (input, _) => ReadRecord(input)),
        new("unit-status", [Encoding.UTF8.GetBytes("LoadState=loaded\nActiveState=failed\nSubState=failed\nMainPID=77\nResult=exit-code\nExecMainStatus=3\nRestart=no\nControlGroup=/system.slice/x.service\nUnitFileState=enabled")],
            () => (input, _) => UnitStatus.Parse(Lines(input))),
        new("mount-table", [Encoding.UTF8.GetBytes("22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n36 22 0:31 / /mnt/a\\040b\\134 ro,nosuid,nodev,noexec - tmpfs tmpfs rw,size=1k")],
            () => (input, _) => MountTable.Read(Lines(input))),
        new("rehearsal-line", [Encoding.UTF8.GetBytes(RehearsalLine.Of(RehearsalPhase.Service, ok: true, "größer \"\\")), Encoding.UTF8.GetBytes(RehearsalLine.Of("what the service wrote"))],
            () => (input, _) => RehearsalLine.Read(Encoding.UTF8.GetString(input))),
    ];

    private static string[] Lines(byte[] input) => Encoding.UTF8.GetString(input).Split('\n');

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
