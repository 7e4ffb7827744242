using Serilog.Events;
using Serilog.Formatting;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>
/// Puts sd-daemon's priority prefix (<c>&lt;6&gt;</c>) before each line of an event, so that <c>journalctl -p</c> works.
/// The journal has its own clock: no time is written.
/// </summary>
internal sealed class JournalFormatter(ITextFormatter inner) : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var text = new StringWriter();
        inner.Format(logEvent, text);
        var prefix = Prefix(logEvent.Level);
        foreach (var line in text.ToString().TrimEnd('\n').Split('\n')) output.Write($"{prefix}{line}\n");
    }

    private static string Prefix(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => "<2>",
        LogEventLevel.Error => "<3>",
        LogEventLevel.Warning => "<4>",
        LogEventLevel.Information => "<6>",
        _ => "<7>",
    };
}
