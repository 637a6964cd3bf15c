using Ovms.Repository;
using Ovms.Repository.Remote;
using Ovms.Status;

namespace Ovms.Tests.Repository.Remote;

/// <summary>Each kind of store against a server that answers as that kind does, rightly and wrongly.</summary>
public class RemoteStoreTests
{
    public static IEnumerable<string> Kinds() => Enum.GetNames<RemoteKind>();

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task List_GoesThroughAllPagesAndTellsSizesAndMarks(string kind)
    {
        await using FakeCloud cloud = Filled(kind);
        cloud.Put("dummy2/1/other.onnx", "other");
        using RemoteStore store = cloud.Open();

        Outcome<List<RemoteObject>> listed = await store.ListAsync(CancellationToken.None);

        await Assert.That(listed.Text).IsEqualTo("OK");
        await Assert.That(string.Join(' ', listed.Value!.OrderBy(static item => item.Key, StringComparer.Ordinal).Select(static item => $"{item.Key}:{item.Size}")))
            .IsEqualTo("dummy/1/a b+c.bin:6 dummy/1/dummy.xml:4 dummy/1/sub/x.txt:5 dummy/2/dummy.onnx:3");
        await Assert.That(listed.Value!.All(static item => item.ETag.Length > 4 && !item.ETag.Contains('"'))).IsTrue();
    }

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task Open_GivesTheBytesOfWhatWasListed(string kind)
    {
        await using FakeCloud cloud = Filled(kind);
        using RemoteStore store = cloud.Open();
        RemoteObject item = (await store.ListAsync(CancellationToken.None)).Value!.Single(static item => item.Key == "dummy/1/a b+c.bin");

        Outcome<RemoteBody> opened = await store.OpenAsync(item, CancellationToken.None);

        await Assert.That(opened.Text).IsEqualTo("OK");
        using RemoteBody body = opened.Value!;
        using StreamReader reader = new(body.Content);
        await Assert.That(await reader.ReadToEndAsync()).IsEqualTo("weight");
        await Assert.That(body.Length).IsEqualTo(6);
        await Assert.That(body.ETag ?? item.ETag).IsEqualTo(item.ETag);
    }

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task Open_OfAnObjectWrittenAnew_DoesNotPassForTheOldOne(string kind)
    {
        await using FakeCloud cloud = Filled(kind);
        using RemoteStore store = cloud.Open();
        RemoteObject item = (await store.ListAsync(CancellationToken.None)).Value!.Single(static item => item.Key == "dummy/1/dummy.xml");
        cloud.Put(item.Key, "newx");

        Outcome<RemoteBody> opened = await store.OpenAsync(item, CancellationToken.None);

        // Azure Files has no conditions: there the mark of the body tells.
        await Assert.That(opened.IsOk ? StatusCode.RemoteFileInvalid : opened.Code).IsEqualTo(StatusCode.RemoteFileInvalid);
        await Assert.That(opened.IsOk && opened.Value!.ETag == item.ETag).IsFalse();
        opened.Value?.Dispose();
    }

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task EmptyFolder_ListsNothing(string kind)
    {
        await using FakeCloud cloud = new(Enum.Parse<RemoteKind>(kind));
        using RemoteStore store = cloud.Open();

        Outcome<List<RemoteObject>> listed = await store.ListAsync(CancellationToken.None);

        await Assert.That(listed.Text).IsEqualTo("OK");
        await Assert.That(listed.Value!.Count).IsEqualTo(0);
    }

    [Test]
    [MatrixDataSource]
    public async Task Refusals_NameThePathTheEndpointAndTheRemedyAndNoSecret([MatrixMethod<RemoteStoreTests>(nameof(Kinds))] string kind, [Matrix(401, 403, 404, 429, 500, 503, 301, 418)] int status)
    {
        await using FakeCloud cloud = Filled(kind);
        string word = status == 404 ? kind switch { "AzureBlob" => "ContainerNotFound", "AzureFiles" => "ShareNotFound", _ => "NoSuchBucket" } : "SomeWord";
        cloud.Fault = _ => cloud.No(status, word);
        using RemoteStore store = cloud.Open();

        Outcome<List<RemoteObject>> listed = await store.ListAsync(CancellationToken.None);

        await Assert.That(listed.Code).IsEqualTo(status switch
        {
            401 or 403 => StatusCode.RemoteAccessRefused,
            404 => StatusCode.RemoteContainerMissing,
            429 or 500 or 503 => StatusCode.RemoteUnreachable,
            _ => StatusCode.RemoteFailed,
        });
        await Assert.That(listed.Text).Contains($"{cloud.Path}: {cloud.Address}").And.Contains($"'models' ({status}").And.DoesNotContain(FakeCloud.Secret);
        if (status is 401 or 403)
        {
            await Assert.That(listed.Text).Contains(kind switch { "S3" => "AWS_ACCESS_KEY_ID", "Gcs" => "GOOGLE_APPLICATION_CREDENTIALS", _ => "AZURE_STORAGE_CONNECTION_STRING" });
        }
    }

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task TransientFailure_IsTriedAgain(string kind)
    {
        await using FakeCloud cloud = Filled(kind);
        int asked = 0;
        cloud.Fault = _ => Interlocked.Increment(ref asked) == 1 ? cloud.No(503, "ServerBusy") : null;
        using RemoteStore store = cloud.Open();

        Outcome<List<RemoteObject>> listed = await store.ListAsync(CancellationToken.None);

        await Assert.That(listed.Text).IsEqualTo("OK");
        await Assert.That(listed.Value!.Count).IsEqualTo(4);
    }

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task RequestWithoutAnAnswerInTime_IsTriedAgain(string kind)
    {
        await using FakeCloud cloud = Filled(kind);
        int asked = 0;
        cloud.Fault = _ => Interlocked.Increment(ref asked) == 1 ? new FakeAnswer(200, [], Hangs: true) : null;
        using RemoteStore store = cloud.Open(FakeCloud.Quick with { Request = TimeSpan.FromSeconds(2) });

        Outcome<List<RemoteObject>> listed = await store.ListAsync(CancellationToken.None);

        await Assert.That(listed.Text).IsEqualTo("OK");
        await Assert.That(listed.Value!.Count).IsEqualTo(4);
    }

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task SilentServer_MeetsTheDeadline(string kind)
    {
        await using FakeCloud cloud = Filled(kind);
        cloud.Fault = static _ => new FakeAnswer(200, [], Hangs: true);
        using RemoteStore store = cloud.Open(FakeCloud.Short);

        Outcome<List<RemoteObject>> listed = await store.ListAsync(CancellationToken.None);

        await Assert.That(listed.Code).IsEqualTo(StatusCode.RemoteUnreachable);
        await Assert.That(listed.Text).Contains("did not answer within");
    }

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task NobodyThere_IsUnreachable(string kind)
    {
        FakeCloud cloud = Filled(kind);
        using RemoteStore store = cloud.Open(FakeCloud.Quick with { Attempts = 1 });
        await cloud.DisposeAsync();

        Outcome<List<RemoteObject>> listed = await store.ListAsync(CancellationToken.None);

        await Assert.That(listed.Code).IsEqualTo(StatusCode.RemoteUnreachable);
        await Assert.That(listed.Text).Contains($"{cloud.Path}: {cloud.Address}").And.Contains("cannot be reached");
    }

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task Nonsense_IsAFailureAndNoException(string kind)
    {
        await using FakeCloud cloud = Filled(kind);
        cloud.Fault = static _ => FakeAnswer.Text(200, "<html>Welcome to the hotel's network");
        using RemoteStore store = cloud.Open();

        Outcome<List<RemoteObject>> listed = await store.ListAsync(CancellationToken.None);

        await Assert.That(listed.IsOk).IsFalse();
        await Assert.That(listed.Text).Contains($"{cloud.Path}: {cloud.Address}");
    }

    [Test]
    [MethodDataSource(nameof(Kinds))]
    public async Task Stop_EndsAListing(string kind)
    {
        await using FakeCloud cloud = Filled(kind);
        using CancellationTokenSource stop = new();
        TaskCompletionSource asked = new();
        cloud.Fault = _ =>
        {
            asked.TrySetResult();
            return new FakeAnswer(200, [], Hangs: true);
        };
        using RemoteStore store = cloud.Open();

        Task<Outcome<List<RemoteObject>>> listing = store.ListAsync(stop.Token);
        await asked.Task;
        await stop.CancelAsync();

        await Assert.That((await listing).Code).IsEqualTo(StatusCode.Cancelled);
    }

    internal static FakeCloud Filled(string kind) => Filled(Enum.Parse<RemoteKind>(kind));

    internal static FakeCloud Filled(RemoteKind kind)
    {
        FakeCloud cloud = new(kind);
        cloud.Put("dummy/1/dummy.xml", "graf");
        cloud.Put("dummy/1/a b+c.bin", "weight");
        cloud.Put("dummy/1/sub/x.txt", "extra");
        cloud.Put("dummy/2/dummy.onnx", "two");
        return cloud;
    }
}
