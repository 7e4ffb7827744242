namespace AkkaFailover.Lab.Changes;

/// <summary>A client of a store with two members: one connection, one change at a time.</summary>
internal interface IChangeClient : IDisposable
{
    /// <summary>Whether <see cref="Put"/> blocks its thread, so that it wants one of its own.</summary>
    bool Blocks => false;

    /// <summary>Changes a key; returns when both members have it on disk.</summary>
    /// <exception cref="LabException">It was refused, or one member alone has it.</exception>
    Task Put(string key, string value);
}
