using System.Runtime.CompilerServices;

namespace AkkaFailover.Simulation;

/// <summary>A line of a story that is put together only where somebody will read it: most of a search's time would go into lines that nobody does.</summary>
[InterpolatedStringHandler]
public ref struct StoryLine
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler.</summary>
    public StoryLine(int literalLength, int formattedCount, World world, out bool isTold)
    {
        isTold = world.Tells;
        _text = isTold ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    /// <summary>Called by the compiler.</summary>
    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted<T>(T value, string format) => _text.AppendFormatted(value, format);

    /// <summary>The line.</summary>
    public string Text() => _text.ToStringAndClear();
}
