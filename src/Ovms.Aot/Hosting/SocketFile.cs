using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>
/// The file by which callers on the same machine find a unix domain socket. A server that was killed leaves its file behind; one that
/// ends in order takes it away (the runtime deletes it with the listening socket).
/// </summary>
internal static partial class SocketFile
{
    /// <summary>Who owns the file and its group may connect: that takes the right to write to it.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    // sockaddr_un holds 108 bytes, the last of them zero.
    private const int MaxBytes = 107;

    private const int CurrentFolder = -100;
    private const int DoNotFollowLinks = 0x100;
    private const uint TypeAndMode = 0x3;
    private const int TypeMask = 0xF000;
    private const int SocketType = 0xC000;

    /// <summary>The absolute path; an empty one stays empty.</summary>
    /// <returns>The path, or why it can be none.</returns>
    public static Outcome<string> PathOf(string given, StatusCode failure)
    {
        if (given.Length == 0)
        {
            return "";
        }

        string path = Path.GetFullPath(given);
        int bytes = Encoding.UTF8.GetByteCount(path);
        return bytes > MaxBytes
            ? Outcome.Fail(failure, $"{path} cannot be a unix domain socket: its path has {bytes} bytes, and the system takes {MaxBytes}. Choose a shorter one.")
            : path;
    }

    /// <summary>Makes room for the socket: removes the file that a dead server left.</summary>
    /// <returns>Ok, or what stands in the way.</returns>
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
                Occupant.LiveServer => Outcome.Fail(failure, $"{path} cannot be listened on: another process listens there. Stop it, or choose another path."),
                _ => Outcome.Fail(failure, $"{path} cannot be listened on: it exists and is no socket. Remove it, or choose another path."),
            };
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or SocketException)
        {
            return Outcome.Fail(failure, $"{path} cannot be listened on: {refusal.Message.TrimEnd('.')}. Choose another path.");
        }
    }

    /// <summary>Binds what the web server listens on. Nobody can connect before it listens, so the rights are set in time.</summary>
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
            // A plain file could be made there, so that it is the file system that has no sockets, or somebody was quicker.
            string why = refusal.SocketErrorCode == SocketError.SocketError ? "its file system takes no sockets" : refusal.Message;
            throw new IOException($"{endPoint} cannot be listened on: {why}. Choose another path.", refusal);
        }
    }

    // The runtime has no words for most of what a file system says to a socket (a read-only or full disk is an "unknown socket error"),
    // but it has them for a file.
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

        // Not blocking: a server whose queue is full would keep us waiting, and "try again" says that it lives.
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
            // Takes links as they are, also those that lead nowhere.
            File.GetAttributes(path);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    // Windows makes socket files as reparse points. Elsewhere the type is not among what the runtime tells of a file.
    private static bool IsSocket(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);
        }

        return StatX(CurrentFolder, path, DoNotFollowLinks, TypeAndMode, out FileFacts facts) == 0 && (facts.Mode & TypeMask) == SocketType;
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
