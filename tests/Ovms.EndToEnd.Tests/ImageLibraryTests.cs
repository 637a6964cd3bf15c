using System.Diagnostics;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Setup;

namespace Ovms.EndToEnd.Tests;

/// <summary>The library that decodes images: loaded by the first one, and missed only by images.</summary>
public sealed class ImageLibraryTests
{
    private const string Library = "libSkiaSharp.so";
    private static readonly byte[] s_png = ImageFiles.Png(1, 1, [1, 2, 3]);

    [Test]
    public async Task Library_IsLoadedByTheFirstImage()
    {
        using TinyModel model = new("u8", "1,1,1,3", "image", "pixels");
        await using OvmsServer server = await OvmsServer.StartAsync(model.Path, "tiny", "--layout", "NHWC");
        await SendPixelsAsync(server);
        await Assert.That(await File.ReadAllTextAsync($"/proc/{server.Process.Id}/maps")).DoesNotContain(Library);
        await server.Client.ModelInferAsync(Image());
        await Assert.That(await File.ReadAllTextAsync($"/proc/{server.Process.Id}/maps")).Contains(Library);
    }

    [Test]
    public async Task PackageWithoutLibrary_StillServesPixels()
    {
        using TinyModel model = new("u8", "1,1,1,3", "image", "pixels");
        DirectoryInfo package = Directory.CreateTempSubdirectory("ovms-package-");
        try
        {
            string binary = Path.Combine(package.CreateSubdirectory("bin").FullName, "ovms");

            // In another process: one that a test beside this one starts would inherit the open file, and what is open for writing cannot run.
            using (Process copy = Process.Start("cp", [Repo.Binary, binary]))
            {
                await copy.WaitForExitAsync();
            }

            DirectoryInfo lib = package.CreateSubdirectory("lib");
            foreach (string file in Directory.EnumerateFiles(Path.Combine(Repo.Package, "lib")).Where(static file => Path.GetFileName(file) != Library))
            {
                File.CreateSymbolicLink(Path.Combine(lib.FullName, Path.GetFileName(file)), file);
            }

            await using OvmsServer server = await OvmsServer.StartCopyAsync(binary, model.Path, "tiny", "--layout", "NHWC");
            RpcException fault = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Image()));
            await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.Unimplemented);
            await Assert.That(fault.Status.Detail).Contains($"{Library} is neither in {lib.FullName} nor where the system looks for libraries");
            await SendPixelsAsync(server);
        }
        finally
        {
            package.Delete(recursive: true);
        }
    }

    private static ModelInferRequest Image() => Requests.For("tiny").WithBytes("image", "BYTES", [1], Requests.Pack(s_png));

    private static async Task SendPixelsAsync(OvmsServer server)
    {
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("tiny").WithBytes("image", "UINT8", [1, 1, 1, 3], [7, 8, 9]));
        await Assert.That(response.Bytes("pixels").SequenceEqual(new byte[] { 7, 8, 9 })).IsTrue();
    }
}
