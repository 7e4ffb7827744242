using Akka.Configuration.Hocon;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>One source of a section's keys: a block of the file or of reference.conf.</summary>
/// <param name="Path">Where the block stands in its source.</param>
/// <param name="Block">Its keys; null where the source does not have the block.</param>
/// <param name="Origin">The source.</param>
internal sealed record Layer(string Path, HoconObject? Block, ValueOrigin Origin)
{
    public HoconValue? Find(string key) => Block is not null && Block.Items.TryGetValue(key, out var value) ? value : null;
}

/// <summary>
/// A section of the configuration: layers, the first of which that has a key decides. Whatever is asked for is a known
/// key; <see cref="RefuseUnknownKeys"/> refuses the rest, so there is no second list of keys to keep.
/// </summary>
internal sealed class Section
{
    private readonly IReadOnlyList<Layer> _layers;
    private readonly Findings _findings;
    private readonly List<EffectiveKey> _effective;
    private readonly Dictionary<string, Section?> _known = new(StringComparer.Ordinal);

    public Section(string path, IReadOnlyList<Layer> layers, Findings findings, List<EffectiveKey> effective)
    {
        Path = path;
        _layers = layers;
        _findings = findings;
        _effective = effective;
    }

    /// <summary>The section's full path.</summary>
    public string Path { get; }

    /// <summary>The names that the file uses in this section, where the administrator chooses them (peers, groups).</summary>
    public IReadOnlyList<string> Names =>
        [.. _layers.Where(layer => layer.Origin == ValueOrigin.File).SelectMany(layer => layer.Block?.Items.Keys ?? Enumerable.Empty<string>()).Distinct()];

    /// <summary>Adds an error about the section as a whole.</summary>
    public void Error(string problem, string mend) => _findings.Error(Path, "", problem, mend);

    /// <summary>The setting of a key; listed among the effective keys.</summary>
    public Setting this[string key]
    {
        get
        {
            var setting = Find(key, secret: false);
            _effective.Add(new EffectiveKey(Join(Path, key), setting.Shown, setting.Origin));
            return setting;
        }
    }

    /// <summary>The setting of a key whose value is never shown.</summary>
    public Setting Secret(string key)
    {
        var setting = Find(key, secret: true);
        _effective.Add(new EffectiveKey(Join(Path, key), setting.Shown, setting.Origin));
        return setting;
    }

    /// <summary>A section inside this one.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="more">Further layers behind this section's own: defaults for a section whose name the administrator chooses.</param>
    public Section Inner(string key, params Layer[] more)
    {
        var layers = _layers.Select(layer => new Layer(Join(layer.Path, key), Block(layer, key), layer.Origin)).Concat(more).ToList();
        var inner = new Section(Join(Path, key), layers, _findings, _effective);
        _known[key] = inner;
        return inner;
    }

    /// <summary>
    /// A key or section that the configuration has in later versions: refused where the file uses it, so that nobody relies
    /// on what does not happen. An empty section asks for nothing and passes.
    /// </summary>
    public void NotAvailable(string key, string what, string instead)
    {
        _known[key] = null;
        foreach (var layer in FileLayers())
            if (layer.Find(key) is { } value && !(value.IsObject() && value.GetObject().Items.Count == 0))
                _findings.Error(Join(layer.Path, key), "", $"{what} is not available in this version", instead);
    }

    /// <summary>A section that has no effect with the other settings: named in a warning where the file has it.</summary>
    public void WithoutEffect(string key, string problem, string mend)
    {
        _known[key] = null;
        foreach (var layer in FileLayers())
            if (layer.Find(key) is not null) _findings.Warning(Join(layer.Path, key), "", problem, mend);
    }

    /// <summary>Lays the blocks of <paramref name="key"/> out as layers, for use behind other sections.</summary>
    public Layer[] LayersOf(string key)
    {
        _known[key] = null;
        return [.. _layers.Select(layer => new Layer(Join(layer.Path, key), Block(layer, key), layer.Origin))];
    }

    /// <summary>Refuses every key that nobody asked for, here and in all inner sections.</summary>
    public void RefuseUnknownKeys()
    {
        foreach (var layer in _layers)
            foreach (var key in layer.Block?.Items.Keys ?? Enumerable.Empty<string>())
                if (!_known.ContainsKey(key)) Unknown(layer, key);
        foreach (var inner in _known.Values) inner?.RefuseUnknownKeys();
    }

    private void Unknown(Layer layer, string key)
    {
        var mend = Suggestion.Nearest(key, _known.Keys) is { } meant
            ? $"did you mean '{meant}'?"
            : $"remove it; known here: {string.Join(", ", _known.Keys.Order(StringComparer.Ordinal))}";
        _findings.Error(Join(layer.Path, key), "", "unknown key", mend);
    }

    private Setting Find(string key, bool secret)
    {
        _known[key] = null;
        foreach (var layer in _layers)
        {
            if (layer.Find(key) is not { } value) continue;
            // A default that does not fit is mended in the file: its path is where the administrator has to write.
            var path = layer.Origin == ValueOrigin.File ? Join(layer.Path, key) : Join(Path, key);
            return new Setting(path, value, layer.Origin, secret, _findings);
        }
        return new Setting(Join(Path, key), null, ValueOrigin.Default, secret, _findings);
    }

    private HoconObject? Block(Layer layer, string key)
    {
        if (layer.Find(key) is not { } value) return null;
        if (value.IsObject()) return value.GetObject();
        _findings.Error(Join(layer.Path, key), "", "a section belongs here, not a single value", $"write {key} {{ … }}");
        return null;
    }

    private IEnumerable<Layer> FileLayers() => _layers.Where(layer => layer.Origin == ValueOrigin.File);

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
