namespace AkkaFailover.Lab;

/// <summary>Something in the lab could not be done; the text says what and where.</summary>
public sealed class LabException(string message) : Exception(message);
