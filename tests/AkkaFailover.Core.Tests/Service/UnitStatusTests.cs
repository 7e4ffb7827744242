using AkkaFailover.Core.Service;
using Xunit;

namespace AkkaFailover.Core.Tests.Service;

/// <summary>Answers of systemctl show, version 252, as captured.</summary>
public class UnitStatusTests
{
    [Fact]
    public void A_running_unit() => Assert.Equal(
        new UnitStatus(UnitActivity.Active, "loaded", "active (running)", 88, "/system.slice/ok.service", "no", "static"),
        Parse("""
            Restart=no
            MainPID=88
            Result=success
            ExecMainStatus=0
            ControlGroup=/system.slice/ok.service
            LoadState=loaded
            ActiveState=active
            SubState=running
            UnitFileState=static
            """));

    [Fact]
    public void A_unit_that_is_not_there()
    {
        var unit = Parse("""
            Restart=no
            MainPID=0
            Result=success
            ControlGroup=
            LoadState=not-found
            ActiveState=inactive
            SubState=dead
            """);
        Assert.Equal((UnitActivity.Ended, "not-found", false), (unit.Activity, unit.Words, unit.IsLoaded));
    }

    [Fact]
    public void A_unit_that_failed()
    {
        var unit = Parse("""
            Restart=on-failure
            MainPID=0
            Result=exit-code
            ExecMainStatus=3
            LoadState=loaded
            ActiveState=failed
            SubState=failed
            """);
        Assert.Equal((UnitActivity.Ended, "failed (exit-code, status 3)", "on-failure"), (unit.Activity, unit.Words, unit.Restart));
    }

    [Theory]
    [InlineData("activating", UnitActivity.Changing)]
    [InlineData("deactivating", UnitActivity.Changing)]
    [InlineData("reloading", UnitActivity.Active)]
    [InlineData("something new", UnitActivity.Changing)]
    public void States_on_the_way(string state, UnitActivity activity) => Assert.Equal(activity, Parse($"ActiveState={state}\nLoadState=loaded\nSubState=x").Activity);

    [Theory]
    [InlineData("")]
    [InlineData("Failed to connect to bus: No such file or directory")]
    [InlineData("=\n==\nMainPID")]
    public void What_is_no_answer_says_nothing(string text) => Assert.Equal(UnitActivity.Unknown, Parse(text).Activity);

    [Theory]
    [InlineData("MainPID=-7")]
    [InlineData("MainPID=99999999999999999999")]
    [InlineData("MainPID=1")]
    public void A_process_id_that_cannot_be_is_none(string line) => Assert.Equal(0, Parse($"ActiveState=active\nLoadState=loaded\n{line}").MainPid);

    private static UnitStatus Parse(string text) => UnitStatus.Parse(text.Split('\n'));
}
