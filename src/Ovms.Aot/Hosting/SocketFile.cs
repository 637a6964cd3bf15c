using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>
/// The file of a unix domain socket. A killed server leaves its file behind; in an orderly shutdown the runtime deletes it with the
/// listening socket.
/// </summary>
internal static partial class SocketFile
{
    /// <summary>The file's owner and group may connect; connecting takes write permission.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    // sockaddr_un holds 108 bytes, the last of them zero.
    private const int MaxBytes = 107;

    private const int CurrentFolder = -100;
    private const int DoNotFollowLinks = 0x100;
    private const uint TypeAndMode = 0x3;
    private const int TypeMask = 0xF000;
    private const int SocketType = 0xC000;

    /// <summary>Makes the path absolute; an empty one stays empty.</summary>
    /// <returns>The path, or why it cannot be used.</returns>
    public static Outcome<string> PathOf(string given, StatusCode failure)
    {
        if (given.Length == 0)
        {
            return "";
        }

        string path = Path.GetFullPath(given);
        int bytes = Encoding.UTF8.GetByteCount(path);
        return bytes > MaxBytes
            ? Outcome.Fail(
                failure,
                $"{path} cannot be a unix domain socket: its path has {bytes} bytes, and the system takes {MaxBytes}. "
                    + "Choose a shorter one.")
            : path;
    }

    /// <summary>Removes the socket file of a dead server and checks that the path can be bound.</summary>
    /// <returns>Ok, or why the path cannot be bound.</returns>
    public static Outcome Clear(string path, StatusCode failure)
    {
        if (path.Length == 0)
        {
            return Outcome.Ok;
        }

        if (!Socket.OSSupportsUnixDomainSockets)
        {
            return Outcome.Fail(failure, $"{path} cannot be listened on: this system has no unix domain sockets. Use a port.");
        }

        try
        {
            if (WhatStopsTheFolder(path) is { } obstacle)
            {
                return Outcome.Fail(failure, $"{path} cannot be listened on: {obstacle}, or choose another path.");
            }

            return WhoIsThere(path) switch
            {
                Occupant.Nobody => TryFile(path),
                Occupant.DeadServer => Remove(path),
                Occupant.LiveServer => Outcome.Fail(
                    failure, $"{path} cannot be listened on: another process listens there. Stop it, or choose another path."),
                _ => Outcome.Fail(
                    failure, $"{path} cannot be listened on: it exists and is no socket. Remove it, or choose another path."),
            };
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or SocketException)
        {
            return Outcome.Fail(failure, $"{path} cannot be listened on: {refusal.Message.TrimEnd('.')}. Choose another path.");
        }
    }

    /// <summary>
    /// Binds a socket for Kestrel and sets the file's permissions. Nobody can connect before Kestrel listens, so they are set in time.
    /// </summary>
    public static Socket Bind(EndPoint endPoint)
    {
        try
        {
            Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            if (endPoint is UnixDomainSocketEndPoint file && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file.ToString(), Mode);
            }

            return socket;
        }
        catch (SocketException refusal) when (endPoint is UnixDomainSocketEndPoint)
        {
            // The path could hold a plain file (see Clear): either the file system has no sockets, or another process bound the path
            // first.
            string why = refusal.SocketErrorCode == SocketError.SocketError ? "its file system takes no sockets" : refusal.Message;
            throw new IOException($"{endPoint} cannot be listened on: {why}. Choose another path.", refusal);
        }
    }

    // Creates and deletes a plain file, for better messages. .NET reports most file-system errors on a socket (read-only, disk full) as
    // "unknown socket error".
    private static Outcome TryFile(string path)
    {
        new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose).Dispose();
        return Outcome.Ok;
    }

    private static Outcome Remove(string path)
    {
        File.Delete(path);
        return Outcome.Ok;
    }

    private static string? WhatStopsTheFolder(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? path;
        try
        {
            return File.GetAttributes(folder).HasFlag(FileAttributes.Directory) ? null : $"{folder} is no folder. Remove it";
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return "its folder does not exist. Make the folder";
        }
        catch (UnauthorizedAccessException)
        {
            return $"user {Environment.UserName} may not enter a folder above it. Give this user permission";
        }
    }

    private static Occupant WhoIsThere(string path)
    {
        if (!IsThere(path))
        {
            return Occupant.Nobody;
        }

        if (!IsSocket(path))
        {
            return Occupant.NoSocket;
        }

        // Not blocking: connecting to a server with a full queue would wait, and "try again" already shows that it runs.
        using Socket caller = new(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            caller.Connect(new UnixDomainSocketEndPoint(path));
            return Occupant.LiveServer;
        }
        catch (SocketException refusal) when (refusal.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            return Occupant.LiveServer;
        }
        catch (SocketException refusal) when (refusal.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return Occupant.DeadServer;
        }
    }

    private static bool IsThere(string path)
    {
        try
        {
            // Does not follow links, so that a dangling link counts as existing.
            File.GetAttributes(path);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    // On Windows socket files are reparse points. Elsewhere .NET does not report that a file is a socket.
    private static bool IsSocket(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);
        }

        return StatX(CurrentFolder, path, DoNotFollowLinks, TypeAndMode, out FileFacts facts) == 0
            && (facts.Mode & TypeMask) == SocketType;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, out FileFacts facts);

    private enum Occupant
    {
        Nobody,
        DeadServer,
        LiveServer,
        NoSocket,
    }

    // struct statx, the same on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileFacts
    {
        [FieldOffset(28)]
        public ushort Mode;
    }
}
