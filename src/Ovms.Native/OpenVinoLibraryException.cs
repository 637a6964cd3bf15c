namespace Ovms.Native;

/// <summary>OpenVINO could not be loaded; the message says what was searched, what is missing and what to do.</summary>
public sealed class OpenVinoLibraryException : Exception
{
    /// <summary>Creates the exception.</summary>
    public OpenVinoLibraryException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
