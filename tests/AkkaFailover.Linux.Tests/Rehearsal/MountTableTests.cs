using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Rehearsal;
using Xunit;

namespace AkkaFailover.Linux.Tests.Rehearsal;

public class MountTableTests
{
    [Fact]
    public void Place_file_system_and_flags_are_read_whatever_stands_between()
    {
        var entries = MountTable.Read(
        [
            "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard",
            "23 22 0:21 / /proc rw,nosuid,nodev,noexec shared:5 master:2 - proc proc rw",
            @"24 22 0:30 /sub /srv/a\040b\134c ro,nosuid - tmpfs tmp\040fs rw,size=4k",
        ]);
        Assert.Equal(
            [
                new MountEntry("/", "ext4", 0),
                new MountEntry("/proc", "proc", Mounts.NoSetId | Mounts.NoDevices | Mounts.NoPrograms),
                new MountEntry(@"/srv/a b\c", "tmpfs", Mounts.ReadOnly | Mounts.NoSetId),
            ], entries);
        Assert.Equal([false, false, true], entries.Select(entry => entry.IsReadOnly));
    }

    [Fact]
    public void What_is_no_line_is_left_out_and_more_than_the_bound_is_refused()
    {
        Assert.Empty(MountTable.Read(["", "x", "1 2 3 / /a rw - ", "1 2 3 / /a rw shared:1"]));
        Assert.Throws<IOException>(() => MountTable.Read(Enumerable.Repeat("22 1 254:0 / / rw - ext4 /dev/vda rw", MountTable.Most + 1)));
    }

    [Fact]
    public void This_hosts_own_table_has_its_root() =>
        Assert.Contains(MountTable.Read(File.ReadLines("/proc/self/mountinfo")), entry => entry.Where == "/");
}
