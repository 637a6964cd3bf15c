using System.Security;
using System.Security.Cryptography;
using System.Text.Json;
using Ovms.Options.Parsing;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>A configuration file.</summary>
/// <param name="path">The file; relative to the working folder.</param>
internal sealed class ConfigFile(string path) : ConfigSource
{
    /// <summary>Nobody lists more models than fit here.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Levels of arrays and objects that are read.</summary>
    public const int MaxDepth = 32;

    private const int Attempts = 4;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private readonly string _path = Path.GetFullPath(path);

    /// <inheritdoc/>
    public override Outcome<ServerConfig> Read()
    {
        for (int attempt = 1; ; attempt++)
        {
            Outcome<byte[]> bytes = ReadBytes();
            if (!bytes.IsOk && attempt == Attempts)
            {
                return bytes.WithoutValue;
            }

            try
            {
                if (bytes.IsOk)
                {
                    return Bind(bytes.Value);
                }
            }
            catch (JsonException fault)
            {
                if (attempt == Attempts)
                {
                    return Outcome.Fail(StatusCode.ConfigInvalid, $"{_path} is not JSON: {Describe(fault)}");
                }
            }

            // Somebody may just be writing the file.
            Thread.Sleep(s_pause);
        }
    }

    private Outcome<ServerConfig> Bind(byte[] bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth });
        OptionFindings findings = new();
        ServerConfig config = new ConfigReader(Path.GetDirectoryName(_path)!, findings).Read(document.RootElement, Convert.ToHexString(SHA256.HashData(bytes)));
        return findings.Errors.Count == 0 ? config : Outcome.Fail(StatusCode.ConfigInvalid, ProblemsOf(findings));
    }

    private string ProblemsOf(OptionFindings findings)
    {
        string head = findings.Errors.Count == 1 ? $"{_path} has a problem:" : $"{_path} has {findings.Errors.Count} problems:";
        return string.Join('\n', findings.Errors.Select(static error => error.Hint is null ? error.Text : $"{error.Text}; {error.Hint}").Prepend(head));
    }

    private Outcome<byte[]> ReadBytes()
    {
        try
        {
            using FileStream stream = new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.Length > MaxBytes)
            {
                return Outcome.Fail(StatusCode.ConfigFileInvalid, $"{_path} has {stream.Length} bytes; at most {MaxBytes} are read.");
            }

            byte[] bytes = new byte[stream.Length];
            int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            ReadOnlySpan<byte> text = bytes.AsSpan(0, read);
            return text.StartsWith("\uFEFF"u8) ? text[3..].ToArray() : text.ToArray();
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return Outcome.Fail(StatusCode.ConfigFileInvalid, $"{_path} does not exist.");
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or SecurityException)
        {
            return Outcome.Fail(
                StatusCode.ConfigFileInvalid,
                Directory.Exists(_path)
                    ? $"{_path} is a folder; give the file in it, or the folder as --model_repository_path."
                    : $"{_path} may not be read by user {Environment.UserName}; give this user read permission, and permission to enter every folder above it.");
        }
        catch (IOException failure)
        {
            return Outcome.Fail(StatusCode.ConfigFileInvalid, $"{_path} cannot be read: {failure.Message}");
        }
    }

    private static string Describe(JsonException fault)
    {
        string what = fault.Message;
        int place = what.IndexOf(" LineNumber:", StringComparison.Ordinal);
        what = (place < 0 ? what : what[..place]).Replace(", when isFinalBlock is true", "", StringComparison.Ordinal);
        return $"{what} Line {fault.LineNumber + 1}, column {fault.BytePositionInLine + 1}.";
    }
}
