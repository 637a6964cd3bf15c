using Ovms.Status;

namespace Ovms.Repository;

/// <summary>Kinds of object stores.</summary>
internal enum RemoteKind
{
    /// <summary>Amazon S3 and compatible stores.</summary>
    S3,

    /// <summary>Google Cloud Storage.</summary>
    Gcs,

    /// <summary>Azure Blob Storage.</summary>
    AzureBlob,

    /// <summary>Azure Files.</summary>
    AzureFiles,
}

/// <summary>A base path in an object store.</summary>
/// <param name="Kind">Which kind of store.</param>
/// <param name="Endpoint">host:port if the path names one (s3://host:port/bucket/path); else null.</param>
/// <param name="Container">Bucket, container or share.</param>
/// <param name="Key">The rest of the path, without slashes at its ends; may be empty.</param>
internal sealed record RemotePath(RemoteKind Kind, string? Endpoint, string Container, string Key)
{
    private const int MaxLength = 2048;

    private static readonly (string Scheme, RemoteKind Kind)[] s_schemes =
    [
        ("s3://", RemoteKind.S3),
        ("gs://", RemoteKind.Gcs),
        ("az://", RemoteKind.AzureBlob),
        ("azfs://", RemoteKind.AzureFiles),
    ];

    /// <summary>The store's word for a container.</summary>
    public string ContainerNoun => Kind switch
    {
        RemoteKind.AzureBlob => "container",
        RemoteKind.AzureFiles => "share",
        _ => "bucket",
    };

    /// <summary>
    /// The last part if it is named like a model's main file; else null. That file and those sharing its name are version 1.
    /// </summary>
    public string? ModelFile => Key[(Key.LastIndexOf('/') + 1)..] is var last && ModelFormats.OfFile(last) is null ? null : last;

    /// <summary>The common prefix of the keys of all objects that belong to this path.</summary>
    public string Prefix => ModelFile is null ? Key.Length == 0 ? "" : Key + "/" : Key[..(Key.LastIndexOf('.') + 1)];

    /// <summary>Whether a base path names an object store.</summary>
    public static bool IsRemote(string basePath) =>
        Array.Exists(s_schemes, item => basePath.StartsWith(item.Scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>Parses a base path for which <see cref="IsRemote"/> holds.</summary>
    public static Outcome<RemotePath> Parse(string basePath)
    {
        (string scheme, RemoteKind kind) =
            Array.Find(s_schemes, item => basePath.StartsWith(item.Scheme, StringComparison.OrdinalIgnoreCase));
        string rest = basePath[scheme.Length..].TrimEnd('/');
        string? endpoint = null;
        if (kind == RemoteKind.S3 && rest.Split('/')[0] is var host && host.Contains(':'))
        {
            endpoint = host;
            rest = rest[host.Length..].TrimStart('/');
        }

        int slash = rest.IndexOf('/');
        RemotePath path = new(kind, endpoint, slash < 0 ? rest : rest[..slash], slash < 0 ? "" : rest[(slash + 1)..]);
        return path.WhyRefused() is { } why
            ? Outcome.Fail(StatusCode.PathInvalid, $"{Shown.Bounded(basePath)} {why}; the form is {scheme}{path.ContainerNoun}/path.")
            : path;
    }

    /// <summary>Whether a name below a version folder stays below it on every operating system.</summary>
    public static bool IsSafeName(string relative) =>
        relative.Length is > 0 and <= MaxLength
        && !relative.Any(static letter => char.IsControl(letter) || letter is '\\' or ':')
        && relative.Split('/').All(static part => part is not ("" or "." or "..") && part.Length <= 255);

    /// <summary>The path as users write it.</summary>
    public override string ToString()
    {
        string scheme = Array.Find(s_schemes, item => item.Kind == Kind).Scheme;
        return $"{scheme}{(Endpoint is null ? "" : Endpoint + "/")}{Container}{(Key.Length == 0 ? "" : "/" + Key)}";
    }

    // In every store, container names consist of letters, digits, dots, dashes and (in old S3) underscores.
    private string? WhyRefused() => this switch
    {
        { Container: "" } => $"names no {ContainerNoun}",
        { Container: "." or ".." } => $"has no name of a {ContainerNoun}",
        _ when !Container.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' or '$') =>
            $"has a {ContainerNoun} with characters that none may have",
        { Endpoint: { } host } when !IsHost(host) => "has a host that is none",
        { Key.Length: > 0 } when !IsSafeName(Key) => "has an empty, '.' or '..' part, a backslash, a colon or a control character",
        _ => null,
    };
private static bool IsHost(string host) =>
    Uri.TryCreate($"http://{host}", UriKind.Absolute, out Uri? uri) && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0;
}
