using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>Downloads one file from an object store. It has a temporary name until it is complete and checked.</summary>
/// <param name="store">The store.</param>
/// <param name="file">The file as listed.</param>
/// <param name="patience">Timeouts and retries.</param>
internal sealed class RemoteDownload(RemoteStore store, RemoteFile file, RemotePatience patience)
{
    private const int Chunk = 256 << 10;

    private readonly RemoteObject _item = file.Object;

    /// <summary>Downloads the file.</summary>
    /// <param name="target">Path of the result; an existing file is replaced.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task<Outcome> ToAsync(string target, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        for (int attempt = 1; ; attempt++)
        {
            string temporary = $"{target}.{Path.GetRandomFileName()}";
            try
            {
                Outcome written = await WriteAsync(temporary, cancellation).ConfigureAwait(false);
                if (written.IsOk)
                {
                    File.Move(temporary, target, overwrite: true);
                    return written;
                }

                // A broken connection or a wrong body may succeed on retry; a refusal will not.
                if (attempt >= patience.Attempts || written.Code is not (StatusCode.RemoteUnreachable or StatusCode.RemoteFileInvalid))
                {
                    return written;
                }
            }
            finally
            {
                File.Delete(temporary);
            }

            await Task.Delay(patience.BeforeRetry(attempt), cancellation).ConfigureAwait(false);
        }
    }

    private async Task<Outcome> WriteAsync(string temporary, CancellationToken cancellation)
    {
        Outcome<RemoteBody> opened = await store.OpenAsync(_item, cancellation).ConfigureAwait(false);
        if (!opened.IsOk)
        {
            return opened.WithoutValue;
        }

        using RemoteBody body = opened.Value;
        if (body.Length is { } announced && announced != _item.Size)
        {
            return Mismatch($"{_item.Size} bytes were listed and {announced} are announced");
        }

        if (body.ETag is { } mark && mark != _item.ETag)
        {
            return Mismatch("it was overwritten after the listing");
        }

        byte[] chunk = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            return await CopyAsync(body, temporary, chunk, cancellation).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private async Task<Outcome> CopyAsync(RemoteBody body, string temporary, byte[] chunk, CancellationToken cancellation)
    {
        using IncrementalHash md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        FileStream output = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        await using ConfiguredAsyncDisposable end = output.ConfigureAwait(false);
        long total = 0;
        while (true)
        {
            Outcome<int> read = await ReadAsync(body.Content, chunk, cancellation).ConfigureAwait(false);
            if (!read.IsOk)
            {
                return read.WithoutValue;
            }

            if (read.Value == 0)
            {
                break;
            }

            total += read.Value;
            if (total > _item.Size)
            {
                return Mismatch($"more came than the {_item.Size} bytes that were listed");
            }

            md5.AppendData(chunk, 0, read.Value);
            await output.WriteAsync(chunk.AsMemory(0, read.Value), cancellation).ConfigureAwait(false);
        }

        string digest = Convert.ToHexStringLower(md5.GetHashAndReset());
        return total != _item.Size ? Broken("ended early")
            : (body.Md5 ?? _item.Md5) is { } told && told != digest ? Mismatch($"its MD5 is {digest}, the store tells {told}")
            : Outcome.Ok;
    }

    private async Task<Outcome<int>> ReadAsync(Stream content, byte[] chunk, CancellationToken cancellation)
    {
        // Each read has its own timeout: a large file may take long as long as data keep arriving.
        using CancellationTokenSource idle = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        idle.CancelAfter(patience.Idle);
        try
        {
            return await content.ReadAsync(chunk, idle.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Broken($"brought nothing for {patience.Idle.TotalSeconds:F0} s");
        }
        catch (Exception failure) when (store.SaysOtherContent(failure))
        {
            return Mismatch($"its checksum is wrong ({failure.Message.TrimEnd('.')})");
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // The stream is a socket below the SDK's layers, each of which throws its own exceptions.
            return Broken($"broke ({failure.Message.TrimEnd('.')})");
        }
    }

    private Outcome Broken(string how) =>
        Outcome.Fail(
            StatusCode.RemoteUnreachable,
            $"{store.Path}: the connection to {store.Endpoint} {how} within {_item.Key} ({_item.Size} bytes). "
            + "It is tried again; look at the network and at the store's own log.");

    private Outcome Mismatch(string what) =>
        Outcome.Fail(
            StatusCode.RemoteFileInvalid,
            $"{store.Path}: {_item.Key} at {store.Endpoint} differs from its listing: {what}. "
            + "It is tried again; if that lasts, upload the file again.");
}
