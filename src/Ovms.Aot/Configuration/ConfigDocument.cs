using System.IO.Hashing;
using System.Security;
using System.Text.Json;
using Ovms.Disk;
using Ovms.Options.Parsing;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>A parsed JSON file with environment variables expanded, and the problems found so far.</summary>
internal sealed class ConfigDocument : IDisposable
{
    /// <summary>Largest file that is read, in bytes; far more than any list of models needs.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Deepest nesting of arrays and objects that is read.</summary>
    public const int MaxDepth = 32;

    private const int Attempts = 4;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private readonly JsonDocument _document;

    private ConfigDocument(string path, JsonDocument document, OptionFindings findings, byte[] hash)
    {
        Path = path;
        _document = document;
        Findings = findings;
        Hash = hash;
    }

    /// <summary>The file's path.</summary>
    public string Path { get; }

    /// <summary>Its problems.</summary>
    public OptionFindings Findings { get; }

    /// <summary>Hash of the file's bytes.</summary>
    public byte[] Hash { get; }

    /// <summary>The root value.</summary>
    public ConfigNode Root => new(_document.RootElement, "$", Findings);

    /// <summary>Every problem, one a line, in the order of the file, under a line that names the file.</summary>
    public IEnumerable<string> Problems() => DocumentOrder.Of(_document.RootElement, Findings.Errors)
        .Select(static error => error.Hint is null ? error.Text : $"{error.Text}; {error.Hint}")
        .Prepend(
            Findings.Errors.Count == 1 ? $"{Path} has a problem:" : $"{Path} has {Findings.Errors.Count + Findings.Omitted} problems:")
        .Concat(Findings.Omitted == 0 ? [] : [$"… and {Findings.Omitted} more, which are not listed"]);

    /// <summary>
    /// Reads a file. A missing file or invalid JSON is retried a few times, because another process may be writing the file.
    /// </summary>
    /// <param name="path">Absolute.</param>
    /// <param name="variable">Returns the value of an environment variable; null if unset.</param>
    public static Outcome<ConfigDocument> Read(string path, Func<string, string?> variable)
    {
        for (int attempt = 1; ; attempt++)
        {
            Outcome<byte[]> bytes = ReadBytes(path);
            Outcome<ConfigDocument> document = bytes.IsOk ? Parse(path, bytes.Value, variable) : bytes.WithoutValue;
            if (document.IsOk || attempt == Attempts)
            {
                return document;
            }

            Thread.Sleep(s_pause);
        }
    }

    /// <summary>The bytes of a file without a byte order mark.</summary>
    public static Outcome<byte[]> ReadBytes(string path)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            if (stream.Length > MaxBytes)
            {
                return Outcome.Fail(StatusCode.ConfigFileInvalid, $"{path} has {stream.Length} bytes; at most {MaxBytes} are read.");
            }

            byte[] bytes = new byte[stream.Length];
            int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return ByteOrderMark.Skip(bytes[..read]).ToArray();
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return Outcome.Fail(StatusCode.ConfigFileInvalid, $"{path} does not exist.");
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or SecurityException)
        {
            return Outcome.Fail(
                StatusCode.ConfigFileInvalid,
                Directory.Exists(path)
                    ? $"{path} is a folder; give the file in it, or the folder as --model_repository_path."
                    : $"{path} may not be read by user {Environment.UserName}; give this user read permission, "
                        + "and permission to enter every folder above it.");
        }
        catch (NotRegularFileException failure)
        {
            return Outcome.Fail(StatusCode.ConfigFileInvalid, failure.Message);
        }
        catch (IOException failure)
        {
            return Outcome.Fail(StatusCode.ConfigFileInvalid, $"{path} cannot be read: {failure.Message}");
        }
    }

    /// <summary>Describes a JSON syntax error and its position.</summary>
    public static string Describe(JsonException fault)
    {
        string what = fault.Message;
        int place = what.IndexOf(" LineNumber:", StringComparison.Ordinal);
        what = (place < 0 ? what : what[..place]).Replace(", when isFinalBlock is true", "", StringComparison.Ordinal);
        return $"{what} Line {fault.LineNumber + 1}, column {fault.BytePositionInLine + 1}.";
    }

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();

    private static Outcome<ConfigDocument> Parse(string path, byte[] bytes, Func<string, string?> variable)
    {
        try
        {
            OptionFindings findings = new();
            ReadOnlyMemory<byte> text = new EnvironmentReferences(variable, findings).Expand(bytes, MaxDepth);
            return new ConfigDocument(
                path, JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth }), findings, XxHash128.Hash(bytes));
        }
        catch (JsonException fault)
        {
            return Outcome.Fail(StatusCode.ConfigInvalid, $"{path} is not JSON: {Describe(fault)}");
        }
    }
}
