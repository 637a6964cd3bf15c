namespace Ovms.Disk;

/// <summary>A path names something other than a regular file: a named pipe, a socket, a device.</summary>
/// <param name="path">The path.</param>
/// <param name="kind">What the path names, with its article.</param>
internal sealed class NotRegularFileException(string path, string kind)
    : IOException($"{path} is {kind}; expected a regular file. Put the file itself there.");
