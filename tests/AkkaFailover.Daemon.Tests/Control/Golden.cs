using System.Runtime.CompilerServices;

namespace AkkaFailover.Daemon.Tests.Control;

/// <summary>Texts kept beside the tests. With UPDATE_GOLDEN=1 in the environment they are written anew, to be read in the diff.</summary>
internal static class Golden
{
    public static void Check(string path, string actual, [CallerFilePath] string source = "")
    {
        var file = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, path));
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }
        Xunit.Assert.True(File.Exists(file), $"{file} is missing: run the test with UPDATE_GOLDEN=1 and read what it wrote");
        Xunit.Assert.Equal(File.ReadAllText(file), actual);
    }
}
