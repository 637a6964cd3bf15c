using System.Net.Sockets;
using Ovms.Configuration;
using Ovms.Devices;
using Ovms.Disk;
using Ovms.Observability;
using Ovms.Repository;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Disk;

/// <summary>What is not a file where a file is expected: it is refused with a sentence and never waited for.</summary>
public class RegularFileTests
{
    private const string Pipe = "is a named pipe; expected a regular file. Put the file itself there.";

    [Test]
    public async Task File_IsRead()
    {
        using TemporaryFolder folder = new();
        byte[] content = [.. Enumerable.Range(0, 100_000).Select(static number => (byte)number)];
        string path = folder.Write("f", content);
        await Assert.That(RegularFile.ReadAllBytes(path)).IsEquivalentTo(content);
        await using FileStream stream = RegularFile.OpenRead(path);
        await Assert.That(stream.Length).IsEqualTo(content.Length);
        File.CreateSymbolicLink(folder["link"], path);
        await Assert.That(RegularFile.ReadAllBytes(folder["link"]).Length).IsEqualTo(content.Length);
    }

    [Test]
    public async Task Length_IsThatOfTheFileBehindALink()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("f", new byte[5000]);
        File.CreateSymbolicLink(folder["link"], path);
        File.CreateSymbolicLink(folder["again"], folder["link"]);
        File.CreateSymbolicLink(folder["dangling"], folder["none"]);
        await Assert.That(RegularFile.LengthOf(path)).IsEqualTo(5000);
        await Assert.That(RegularFile.LengthOf(folder["again"])).IsEqualTo(5000);
        await Assert.That(RegularFile.LengthOf(folder["dangling"])).IsNull();
        await Assert.That(RegularFile.LengthOf(folder["none"])).IsNull();
    }

    [Test]
    public async Task PipeSocketAndDevice_AreRefused()
    {
        using TemporaryFolder folder = new();
        string pipe = NamedPipe.Make(folder["pipe"]);
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder["socket"]));
        await Assert.That(await RefusalOf(pipe)).IsEqualTo($"{pipe} {Pipe}");
        await Assert.That(await RefusalOf(folder["socket"])).StartsWith($"{folder["socket"]} is a socket; ");
        await Assert.That(await RefusalOf("/dev/zero")).StartsWith("/dev/zero is a device; ");
    }

    [Test]
    public async Task FolderAndNothing_AreToldApart()
    {
        using TemporaryFolder folder = new();
        await Assert.That(() => RegularFile.OpenRead(folder.Path)).Throws<UnauthorizedAccessException>();
        await Assert.That(() => RegularFile.OpenRead(folder["none"])).Throws<FileNotFoundException>();
        await Assert.That(() => RegularFile.OpenRead(folder["none/deeper"])).Throws<FileNotFoundException>();
    }

    [Test]
    [Arguments("dummy", "dummy.xml")]
    [Arguments("dummy", "dummy.bin")]
    [Arguments("dummy", "mapping_config.json")]
    [Arguments("squeezenet", "model.onnx")]
    [Arguments("squeezenet", "weights/outside.data")]
    [Arguments("half_plus_two", "saved_model.pb")]
    [Arguments("half_plus_two", "variables/variables.index")]
    [Arguments("paddle_linear", "model.pdiparams")]
    public async Task PipeAmongAModelsFiles_IsRefusedBeforeTheEngineOpensIt(string model, string file)
    {
        using TemporaryFolder folder = new();
        string source = Path.Combine(Repo.Model(model), "1");
        foreach (string found in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            folder.Write(Path.GetRelativePath(source, found), File.ReadAllBytes(found));
        }

        string pipe = NamedPipe.Make(folder[file]);
        Outcome<ModelFile> result = await NamedPipe.WithoutWaiting(() => ModelFile.Find(folder.Path));
        await Assert.That(result.Code).IsEqualTo(StatusCode.FileInvalid);
        await Assert.That(result.Text).EndsWith($"{pipe} {Pipe}");
    }

    [Test]
    public async Task PipeInAFolderThatIsFollowed_IsNotRead()
    {
        using TemporaryFolder folder = new();
        folder.Touch("1/model.onnx");
        NamedPipe.Make(folder["1/pipe"]);
        VersionWatch watch = new();
        for (int look = 0; look < 4; look++)
        {
            watch.BeginLook();
            VersionOnDisk seen = await NamedPipe.WithoutWaiting(() => watch.Look(new ModelVersionFolder(1, folder["1"])));
            await Assert.That(seen.IsSettled).IsEqualTo(look > 0);
        }
    }

    [Test]
    public async Task PipeAsConfiguration_IsRefused()
    {
        using TemporaryFolder folder = new();
        string pipe = NamedPipe.Make(folder["config.json"]);
        Outcome<ServerConfig> read = await NamedPipe.WithoutWaiting(() => new ConfigFile(pipe, static _ => null).Read());
        await Assert.That(read.Text).EndsWith($"{pipe} {Pipe}");
        Outcome<KnownDevices> devices = await NamedPipe.WithoutWaiting(() => KnownDevices.Read(pipe));
        await Assert.That(devices.Text).EndsWith($"{pipe} {Pipe}");
    }

    [Test]
    public async Task PipeAsLog_IsOpenedOnlyWhileItIsRead()
    {
        using TemporaryFolder folder = new();
        string pipe = NamedPipe.Make(folder["log"]);
        string? why = await NamedPipe.WithoutWaiting(() => LogFile.TryOpen(pipe, out _, out string? told) ? null : told);
        await Assert.That(why).IsEqualTo($"The log file cannot be opened: {pipe} is a named pipe; expected a regular file. Put the file itself there, or let something read the pipe before the server starts.");

        // Opened for both, a pipe waits for nobody.
        await using FileStream reader = new(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        bool isOpen = LogFile.TryOpen(pipe, out LogFile? log, out why);
        await Assert.That(isOpen).IsTrue().Because(why ?? "");
        await Assert.That(log!.Write("a line\n"u8)).IsNull();
        log.Dispose();
        byte[] read = new byte[7];
        await reader.ReadExactlyAsync(read);
        await Assert.That(System.Text.Encoding.ASCII.GetString(read)).IsEqualTo("a line\n");
    }

    [Test]
    public async Task LogFile_IsAppendedTo()
    {
        using TemporaryFolder folder = new();
        string path = folder["log"];
        for (int run = 1; run <= 2; run++)
        {
            await Assert.That(LogFile.TryOpen(path, out LogFile? log, out _)).IsTrue();
            log!.Write("one\n"u8);
            log.Write("two\n"u8);
            log.Dispose();
        }

        await Assert.That(await File.ReadAllTextAsync(path)).IsEqualTo("one\ntwo\none\ntwo\n");
    }

    private static Task<string?> RefusalOf(string path) => NamedPipe.WithoutWaiting(() =>
    {
        try
        {
            RegularFile.OpenRead(path).Dispose();
            return null;
        }
        catch (NotRegularFileException refused)
        {
            return refused.Message;
        }
    });
}
