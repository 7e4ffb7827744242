using System.Runtime.CompilerServices;

namespace AkkaFailover.Simulation;

/// <summary>What is wrong, put together only where it is: nearly always nothing is.</summary>
[InterpolatedStringHandler]
public ref struct Complaint
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler.</summary>
    public Complaint(int literalLength, int formattedCount, bool condition, out bool isMade)
    {
        isMade = !condition;
        _text = isMade ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    /// <summary>Called by the compiler.</summary>
    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted<T>(T value, string format) => _text.AppendFormatted(value, format);

    /// <summary>The sentence.</summary>
    public string Text() => _text.ToStringAndClear();
}
