using Ovms.Repository;
using Ovms.Repository.Remote;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Repository.Remote;

/// <summary>Looks at remote base paths over time.</summary>
public class RemoteRepositoriesTests
{
    private const string Dummy = "s3://models/dummy";

    [Test]
    public async Task Versions_AreSettledAtTheSecondLookThatTellsTheSame()
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        using RemoteRepositories remotes = Make(cloud, folder, new Clock());

        await Assert.That(Show(Look(remotes))).IsEqualTo("1- 2-");
        cloud.Put("dummy/2/more.bin", "more");
        cloud.Put("dummy/3/x.onnx", "x");
        await Assert.That(Show(Look(remotes))).IsEqualTo("1+ 2- 3-");
        await Assert.That(Show(Look(remotes))).IsEqualTo("1+ 2+ 3+");
    }

    [Test]
    public async Task FailedListing_WaitsLongerAndLongerUnlessSomebodyAsks()
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        Clock clock = new();
        using RemoteRepositories remotes = Make(cloud, folder, clock);
        Look(remotes);
        cloud.Fault = _ => cloud.No(403, "AccessDenied");

        await Assert.That(Look(remotes).Code).IsEqualTo(StatusCode.RemoteAccessRefused);
        int asked = cloud.Requests.Count;
        await Assert.That(Look(remotes).Code).IsEqualTo(StatusCode.RemoteAccessRefused);
        await Assert.That(cloud.Requests.Count).IsEqualTo(asked);

        clock.Advance(TimeSpan.FromSeconds(1));
        Look(remotes);
        await Assert.That(cloud.Requests.Count).IsEqualTo(asked + 1);
        clock.Advance(TimeSpan.FromSeconds(1));
        Look(remotes);
        await Assert.That(cloud.Requests.Count).IsEqualTo(asked + 1);

        cloud.Fault = static _ => null;
        await Assert.That(Show(Look(remotes, isVouched: true))).IsEqualTo("1+ 2+");
    }

    [Test]
    public async Task SlowStore_KeepsNoLookWaiting()
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        using ManualResetEventSlim answer = new(initialState: false);
        cloud.Fault = _ =>
        {
            answer.Wait();
            return null;
        };
        using RemoteRepositories remotes = Make(cloud, folder, new Clock(), FakeCloud.Quick with { Look = TimeSpan.Zero });

        Outcome<RemoteLook> first = Look(remotes);
        answer.Set();
        Outcome<RemoteLook> vouched = Look(remotes, isVouched: true);

        await Assert.That(first.Code).IsEqualTo(StatusCode.RemoteUnreachable);
        await Assert.That(first.Text).Contains("has not answered yet");
        await Assert.That(Show(vouched)).IsEqualTo("1- 2-");
    }

    [Test]
    public async Task Obtain_FetchesWhatTheNewestListingTold()
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        using RemoteRepositories remotes = Make(cloud, folder, new Clock());
        Look(remotes);

        using (LocalCopy copy = remotes.Obtain(Dummy, 2).Value!)
        {
            await Assert.That(await File.ReadAllTextAsync(Path.Combine(copy.Path, "dummy.onnx"))).IsEqualTo("two");
        }

        await Assert.That(remotes.Obtain(Dummy, 9).Code).IsEqualTo(StatusCode.FileInvalid);
        await Assert.That(remotes.Obtain("s3://models/other", 1).Code).IsEqualTo(StatusCode.PathInvalid);

        remotes.Trim(Dummy, [1]);
        await Assert.That(Directory.GetDirectories(folder.Path, "2-*", SearchOption.AllDirectories).Length).IsEqualTo(0);
    }

    [Test]
    public async Task BasePathThatIsNoLongerServed_IsForgottenWithItsCopies()
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        using RemoteRepositories remotes = Make(cloud, folder, new Clock());
        Look(remotes);
        remotes.Obtain(Dummy, 1).Value!.Dispose();

        remotes.BeginLook(["/local/model"], isVouched: false);

        await Assert.That(remotes.Obtain(Dummy, 1).Code).IsEqualTo(StatusCode.PathInvalid);
        await Assert.That(Directory.GetDirectories(folder.Path, "1-*", SearchOption.AllDirectories).Length).IsEqualTo(1).Because("a look deletes nothing");
        remotes.TrimForgotten();
        await Assert.That(Directory.GetDirectories(folder.Path, "1-*", SearchOption.AllDirectories).Length).IsEqualTo(0);
    }

    [Test]
    public async Task MalformedPathAndMissingCredentials_AreToldAtEachLook()
    {
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = new(RemoteKind.S3);
        cloud.Variables.Remove("AWS_SECRET_ACCESS_KEY");
        using RemoteRepositories remotes = Make(cloud, folder, new Clock());
        remotes.BeginLook([Dummy, "s3://models/../x"], isVouched: true);

        await Assert.That(remotes.Look(Dummy, isVouched: true).Text).Contains("AWS_SECRET_ACCESS_KEY is not");
        await Assert.That(remotes.Look("s3://models/../x", isVouched: true).Code).IsEqualTo(StatusCode.PathInvalid);
        await Assert.That(remotes.Obtain(Dummy, 1).Code).IsEqualTo(StatusCode.RemoteAccessRefused);
    }

    private static RemoteRepositories Make(FakeCloud cloud, TemporaryFolder folder, Clock clock, RemotePatience? patience = null) =>
        new(cloud.Settings(patience), new RemoteCache(folder.Path), clock, CancellationToken.None);

    private static Outcome<RemoteLook> Look(RemoteRepositories remotes, bool isVouched = false)
    {
        remotes.BeginLook([Dummy], isVouched);
        return remotes.Look(Dummy, isVouched);
    }

    private static string Show(Outcome<RemoteLook> look) =>
        look.IsOk ? string.Join(' ', look.Value.Versions.Select(static listed => $"{listed.Folder.Version}{(listed.IsSettled ? '+' : '-')}")) : look.Text;

    /// <summary>A clock that stands until it is told to go on.</summary>
    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
