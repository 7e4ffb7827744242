namespace AkkaFailover.Lab.Nodes;

/// <summary>What a peer, which has no service of its own, is given to call.</summary>
/// <param name="Start">A script that starts the service and returns; where it runs already, nothing happens.</param>
/// <param name="Stop">A script that stops it and returns when it has ended; where nothing runs, nothing happens.</param>
public sealed record ServiceScripts(string Start, string Stop)
{
    /// <summary>Writes a script.</summary>
    /// <returns>Its path.</returns>
    public static string Write(string path, string lines)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{lines}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
