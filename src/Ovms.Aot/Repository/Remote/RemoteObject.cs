namespace Ovms.Repository.Remote;

/// <summary>A file in an object store as listed.</summary>
/// <param name="Key">Its full name in the container.</param>
/// <param name="Size">In bytes.</param>
/// <param name="ETag">The store's mark of the content, without quotes; changes when the content is rewritten.</param>
/// <param name="Md5">MD5 of the content in lower-case hex; null if not listed.</param>
internal sealed record RemoteObject(string Key, long Size, string ETag, string? Md5 = null)
{
    /// <summary>An ETag without quotes, for comparison: some stores quote it only in places.</summary>
    public static string Bare(string? etag) => etag?.Trim('"') ?? "";
}

/// <summary>An object being read. The caller that opened it disposes it.</summary>
/// <param name="Content">Its bytes; reading may throw <see cref="IOException"/> and <see cref="HttpRequestException"/>.</param>
/// <param name="Length">Announced length in bytes; null if not announced.</param>
/// <param name="ETag">ETag of the response; null if it has none.</param>
/// <param name="Md5">MD5 of the content as the store states it, in lower-case hex; null if it does not.</param>
/// <param name="Owner">Disposed together with this.</param>
internal sealed record RemoteBody(Stream Content, long? Length, string? ETag, string? Md5, IDisposable Owner) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Owner.Dispose();
}
