using System.Text.Json;
using Ovms.Disk;

namespace Ovms.Repository.Remote;

/// <summary>The manifest beside a copy: the objects it was made from and the state of its files when they were checked.</summary>
internal static class CopyManifest
{
    private const int Format = 1;
    private const long MaxBytes = 64L << 20;

    /// <summary>Writes a manifest.</summary>
    /// <param name="file">The manifest's path.</param>
    /// <param name="version">The version that was downloaded.</param>
    /// <param name="folder">The folder with its files.</param>
    public static void Write(string file, RemoteVersion version, string folder)
    {
        using FileStream stream = new(file, FileMode.Create, FileAccess.Write, FileShare.None);
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteNumber("version", version.Version);
        json.WriteString("fingerprint", version.Fingerprint);
        json.WriteStartArray("files");
        foreach (RemoteFile item in version.Files)
        {
            json.WriteStartObject();
            json.WriteString("name", item.Name);
            json.WriteNumber("size", item.Object.Size);
            json.WriteString("etag", item.Object.ETag);
            json.WriteNumber("written", File.GetLastWriteTimeUtc(Path.Combine(folder, item.Name)).Ticks);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Whether the manifest is of this version and the files beside it are unchanged.</summary>
    public static bool Vouches(string file, RemoteVersion version, string folder)
    {
        try
        {
            if (new FileInfo(file) is not { Exists: true, Length: <= MaxBytes })
            {
                return false;
            }

            using JsonDocument document = JsonDocument.Parse(RegularFile.ReadAllBytes(file));
            JsonElement root = document.RootElement;
            return root.GetProperty("format").GetInt32() == Format
                && root.GetProperty("fingerprint").GetString() == version.Fingerprint
                && root.GetProperty("files").GetArrayLength() == version.Files.Length
                && root.GetProperty("files").EnumerateArray().Zip(version.Files).All(pair => IsUntouched(pair.First, pair.Second, folder));
        }
        catch (Exception failure) when (
            failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
                or IOException or UnauthorizedAccessException)
        {
            // The manifest is truncated or foreign: the copy is not trusted.
            return false;
        }
    }

    private static bool IsUntouched(JsonElement told, RemoteFile wanted, string folder)
    {
        FileInfo file = new(Path.Combine(folder, wanted.Name));
        return told.GetProperty("name").GetString() == wanted.Name
            && file is { Exists: true, LinkTarget: null }
            && file.Length == wanted.Object.Size
            && file.LastWriteTimeUtc.Ticks == told.GetProperty("written").GetInt64();
    }
}
