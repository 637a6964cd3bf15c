namespace Ovms.Repository.Remote;

/// <summary>A file in an object store as a listing tells of it.</summary>
/// <param name="Key">Its whole name in the container.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="ETag">The store's mark of its content, without quotes; changes when the content is written anew.</param>
/// <param name="Md5">The MD5 of the content in small hex, where the listing tells it.</param>
internal sealed record RemoteObject(string Key, long Size, string ETag, string? Md5 = null)
{
    /// <summary>A mark as it is compared: some stores quote it in one place and not in another.</summary>
    public static string Bare(string? etag) => etag?.Trim('"') ?? "";
}

/// <summary>A file being read. Whoever opened it disposes it.</summary>
/// <param name="Content">Its bytes; reading may throw <see cref="IOException"/> and <see cref="HttpRequestException"/>.</param>
/// <param name="Length">How many bytes are announced; null where that is not told.</param>
/// <param name="ETag">The mark it is sent under; null where that is not told.</param>
/// <param name="Md5">The MD5 that its content has by the store's own word, in small hex.</param>
/// <param name="Owner">What goes with the stream.</param>
internal sealed record RemoteBody(Stream Content, long? Length, string? ETag, string? Md5, IDisposable Owner) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Owner.Dispose();
}
