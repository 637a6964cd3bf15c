using Ovms.Repository;
using Ovms.Repository.Remote;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Repository.Remote;

/// <summary>How files come to this machine when the store and the network behave, and when they do not.</summary>
public class RemoteFetchTests
{
    public static IEnumerable<string> Kinds() => RemoteStoreTests.Kinds();

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task Version_ComesWholeOnceAndIsKept(string kind)
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(kind);

        using (LocalCopy copy = (await FetchAsync(cloud, folder)).Value!)
        {
            string[] files = [.. Directory.GetFiles(copy.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
            await Assert.That(string.Join(' ', files.Select(file => Path.GetRelativePath(copy.Path, file)))).IsEqualTo("a b+c.bin dummy.xml sub/x.txt");
            await Assert.That(await File.ReadAllTextAsync(Path.Combine(copy.Path, "sub/x.txt"))).IsEqualTo("extra");
        }

        int before = cloud.Downloads;
        Outcome<LocalCopy> again = await FetchAsync(cloud, folder);
        again.Value?.Dispose();

        await Assert.That(again.Text).IsEqualTo("OK");
        await Assert.That(before).IsEqualTo(3);
        await Assert.That(cloud.Downloads).IsEqualTo(3);
    }

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task CutConnection_IsTriedAgainAndLeavesNothingHalf(string kind)
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(kind);
        int cuts = 0;
        cloud.Fault = request => !cloud.IsListing(request) && request.Path.EndsWith("dummy.xml", StringComparison.Ordinal) && Interlocked.Increment(ref cuts) == 1
            ? Cut(cloud, "gr"u8.ToArray(), 4)
            : null;

        Outcome<LocalCopy> fetched = await FetchAsync(cloud, folder);

        await Assert.That(fetched.Text).IsEqualTo("OK");
        using LocalCopy copy = fetched.Value!;
        await Assert.That(await File.ReadAllTextAsync(Path.Combine(copy.Path, "dummy.xml"))).IsEqualTo("graf");
        await Assert.That(Directory.GetFiles(copy.Path).Length).IsEqualTo(2);
    }

    [Test]
    public async Task AlwaysCut_FailsWithASentenceAndKeepsWhatCame()
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        cloud.Fault = request => request.Path.EndsWith("dummy.xml", StringComparison.Ordinal) ? Cut(cloud, "gr"u8.ToArray(), 4) : null;

        Outcome<LocalCopy> fetched = await FetchAsync(cloud, folder);

        await Assert.That(fetched.Code).IsEqualTo(StatusCode.RemoteUnreachable);
        await Assert.That(fetched.Text).Contains("s3://models/dummy: the connection to " + cloud.Address).And.Contains("within dummy/1/dummy.xml (4 bytes)");

        cloud.Fault = static _ => null;
        cloud.Requests.Clear();
        using LocalCopy copy = (await FetchAsync(cloud, folder)).Value!;
        await Assert.That(string.Join(' ', cloud.Requests.Where(request => !cloud.IsListing(request)).Select(static request => request.Path))).IsEqualTo("/models/dummy/1/dummy.xml /models/dummy/1/sub/x.txt");
    }

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task OtherContentOfTheSameSize_IsRefused(string kind)
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(kind);
        cloud.Fault = request => !cloud.IsListing(request) && request.Path.EndsWith("dummy.xml", StringComparison.Ordinal) ? Sent(cloud, "evil"u8.ToArray(), md5OfTruth: kind == "AzureFiles") : null;

        Outcome<LocalCopy> fetched = await FetchAsync(cloud, folder);

        await Assert.That(fetched.Code).IsEqualTo(StatusCode.RemoteFileInvalid);

        // S3's own library compares before we can.
        await Assert.That(fetched.Text).Contains(kind == "S3" ? "its checksum is wrong" : "its MD5 is");
    }

    [Test]
    [Arguments("more than four", "bytes were listed and 14 are announced")]
    [Arguments("few", "bytes were listed and 3 are announced")]
    public async Task OtherSize_IsRefused(string text, string said)
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        cloud.Fault = request => request.Path.EndsWith("dummy.xml", StringComparison.Ordinal) ? Sent(cloud, System.Text.Encoding.ASCII.GetBytes(text), md5OfTruth: false) : null;

        Outcome<LocalCopy> fetched = await FetchAsync(cloud, folder);

        await Assert.That(fetched.Code).IsEqualTo(StatusCode.RemoteFileInvalid);
        await Assert.That(fetched.Text).Contains(said);
    }

    [Test]
    public async Task StalledFile_MeetsTheDeadlineOfAPiece()
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.Gcs);
        cloud.Fault = request => !cloud.IsListing(request) ? new FakeAnswer(200, "we"u8.ToArray(), 6, Hangs: true) : null;

        Outcome<LocalCopy> fetched = await FetchAsync(cloud, folder, FakeCloud.Quick with { Attempts = 1, Idle = TimeSpan.FromMilliseconds(300) });

        await Assert.That(fetched.Code).IsEqualTo(StatusCode.RemoteUnreachable);
        await Assert.That(fetched.Text).Contains("brought nothing for");
    }

    [Test]
    public async Task FileThatIsTouched_IsFetchedAnew()
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        string file;
        using (LocalCopy copy = (await FetchAsync(cloud, folder)).Value!)
        {
            file = Path.Combine(copy.Path, "dummy.xml");
        }

        await File.WriteAllTextAsync(file, "torn");
        File.SetLastWriteTimeUtc(file, new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using LocalCopy again = (await FetchAsync(cloud, folder)).Value!;

        await Assert.That(await File.ReadAllTextAsync(Path.Combine(again.Path, "dummy.xml"))).IsEqualTo("graf");
    }

    [Test]
    public async Task Trim_DeletesOnlyWhatNobodyUsesAndNobodyWants()
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        RemoteCache cache = new(folder.Path);
        using RemoteStore store = cloud.Open();
        RemoteListing listing = RemoteListing.Of(store.Path, (await store.ListAsync(CancellationToken.None)).Value!).Value!;
        RemoteFetch fetch = new(cache, FakeCloud.Quick);
        LocalCopy one = (await fetch.ObtainAsync(store, listing.Versions[0], CancellationToken.None)).Value!;
        LocalCopy two = (await fetch.ObtainAsync(store, listing.Versions[1], CancellationToken.None)).Value!;
        string address = RemoteCache.AddressOf(store);

        cache.Trim(address, new HashSet<string>());
        await Assert.That(Directory.Exists(one.Path) && Directory.Exists(two.Path)).IsTrue();

        one.Dispose();
        two.Dispose();
        cache.Trim(address, new HashSet<string> { cache.FolderOf(address, listing.Versions[1]) });
        await Assert.That(Directory.Exists(one.Path)).IsFalse();
        await Assert.That(Directory.Exists(two.Path)).IsTrue();
        await Assert.That(Directory.GetFiles(folder.Path, "*.lock", SearchOption.AllDirectories).Length).IsEqualTo(1);
    }

    [Test]
    public async Task TwoFetchersOfOneVersion_FetchItOnce()
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);

        Outcome<LocalCopy>[] fetched = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => FetchAsync(cloud, folder)));

        await Assert.That(string.Join(' ', fetched.Select(static one => one.Text).Distinct())).IsEqualTo("OK");
        await Assert.That(cloud.Downloads).IsEqualTo(3);
        foreach (Outcome<LocalCopy> one in fetched)
        {
            one.Value!.Dispose();
        }
    }

    [Test]
    public async Task CopyThatNeverLasts_IsNotFetchedOverAndOver()
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.Gcs);
        using RemoteStore store = cloud.Open();
        List<RemoteObject> listed = (await store.ListAsync(CancellationToken.None)).Value!;
        using CancellationTokenSource tooOften = new();
        cloud.Fault = request =>
        {
            if (!cloud.IsListing(request) && cloud.Downloads > 10)
            {
                tooOften.Cancel();
            }

            return null;
        };

        // Two objects of different sizes in one file: as if somebody changed the copy each time before it is taken.
        RemoteVersion changing = new(1, [.. listed.Take(2).Select(static item => new RemoteFile("x", item))], new string('0', 64));
        RemotePatience patience = FakeCloud.Quick with { OtherFetcher = TimeSpan.Zero };
        Outcome<LocalCopy> fetched = await new RemoteFetch(new RemoteCache(folder.Path), patience).ObtainAsync(store, changing, tooOften.Token);

        await Assert.That(fetched.Code).IsEqualTo(StatusCode.RemoteCacheFailed);
        await Assert.That(fetched.Text).Contains("changed or deleted by another process").And.Contains("--remote_cache_dir");
        await Assert.That(cloud.Downloads).IsEqualTo(2);
    }

    [Test]
    public async Task NoRoom_IsSaidBeforeAnythingIsFetched()
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        using RemoteStore store = cloud.Open();
        RemoteVersion huge = new(3, [new RemoteFile("a.onnx", new RemoteObject("dummy/3/a.onnx", long.MaxValue / 2, "x"))], new string('0', 64));

        Outcome<LocalCopy> fetched = await new RemoteFetch(new RemoteCache(folder.Path), FakeCloud.Quick).ObtainAsync(store, huge, CancellationToken.None);

        await Assert.That(fetched.Code).IsEqualTo(StatusCode.RemoteCacheFailed);
        await Assert.That(fetched.Text).Contains("needs 4611686018427387903 bytes").And.Contains("--remote_cache_dir");
        await Assert.That(cloud.Requests.IsEmpty).IsTrue();
    }

    [Test]
    public async Task CacheFolderThatIsAFile_IsSaid()
    {
        using TemporaryFolder folder = new();
        folder.Touch("taken");
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        using RemoteStore store = cloud.Open();
        RemoteVersion version = RemoteListing.Of(store.Path, (await store.ListAsync(CancellationToken.None)).Value!).Value!.Versions[0];

        Outcome<LocalCopy> fetched = await new RemoteFetch(new RemoteCache(folder["taken"]), FakeCloud.Quick).ObtainAsync(store, version, CancellationToken.None);

        await Assert.That(fetched.Code).IsEqualTo(StatusCode.RemoteCacheFailed);
        await Assert.That(fetched.Text).Contains(folder["taken"]).And.Contains("--remote_cache_dir");
    }

    [Test]
    public async Task CacheFolder_IsForItsOwnerAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip.Test("Windows has no modes: the folder has the rights of the one around it, which is the user's own.");
            return;
        }

        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["plain"]);
        if (File.GetUnixFileMode(folder["plain"]) == OwnerOnly)
        {
            Skip.Test("The umask of this process hides every new folder from others: what the cache does for it cannot be told.");
        }

        Outcome prepared = new RemoteCache(folder["cache"]).Prepare();

        await Assert.That(prepared.Text).IsEqualTo("OK");
        await Assert.That(File.GetUnixFileMode(folder["cache"])).IsEqualTo(OwnerOnly);

        // A folder that the operator made keeps the rights that they gave it.
        Outcome own = new RemoteCache(folder["plain"]).Prepare();
        await Assert.That(own.Text).IsEqualTo("OK");
        await Assert.That(File.GetUnixFileMode(folder["plain"])).IsNotEqualTo(OwnerOnly);
    }

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static FakeAnswer Cut(FakeCloud cloud, byte[] bytes, long announced) => Sent(cloud, bytes, md5OfTruth: false) with { Announced = announced };

    // As the store would send the file that was listed, but for the bytes.
    private static FakeAnswer Sent(FakeCloud cloud, byte[] bytes, bool md5OfTruth)
    {
        byte[] truth = System.Security.Cryptography.MD5.HashData(cloud.Objects["dummy/1/dummy.xml"]);
        string etag = cloud.Scheme == "s3://" ? Convert.ToHexStringLower(truth) : "0x" + Convert.ToHexStringLower(truth);
        FakeAnswer answer = new(200, bytes) { Headers = { ("ETag", $"\"{etag}\""), ("Last-Modified", "Sun, 22 Nov 2026 00:00:00 GMT"), ("x-ms-blob-type", "BlockBlob") } };
        if (md5OfTruth)
        {
            answer.Headers.Add(("Content-MD5", Convert.ToBase64String(truth)));
        }

        return answer;
    }

    private static async Task<Outcome<LocalCopy>> FetchAsync(FakeCloud cloud, TemporaryFolder folder, RemotePatience? patience = null)
    {
        using RemoteStore store = cloud.Open(patience);
        RemoteVersion version = RemoteListing.Of(store.Path, (await store.ListAsync(CancellationToken.None)).Value!).Value!.Versions[0];
        return await new RemoteFetch(new RemoteCache(folder.Path), patience ?? FakeCloud.Quick).ObtainAsync(store, version, CancellationToken.None);
    }
}
