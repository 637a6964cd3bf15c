using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Tests.Repository;

/// <summary>Which texts name a place in an object store, and which only look so.</summary>
public class RemotePathTests
{
    [Test]
    [Arguments("s3://bucket/models/dummy", "S3", null, "bucket", "models/dummy", "models/dummy/")]
    [Arguments("s3://bucket/models/dummy/", "S3", null, "bucket", "models/dummy", "models/dummy/")]
    [Arguments("S3://bucket", "S3", null, "bucket", "", "")]
    [Arguments("s3://localhost:9000/bucket/dummy", "S3", "localhost:9000", "bucket", "dummy", "dummy/")]
    [Arguments("gs://my_bucket.example/a b", "Gcs", null, "my_bucket.example", "a b", "a b/")]
    [Arguments("az://container/m", "AzureBlob", null, "container", "m", "m/")]
    [Arguments("az://$web/m", "AzureBlob", null, "$web", "m", "m/")]
    [Arguments("azfs://share/m/n", "AzureFiles", null, "share", "m/n", "m/n/")]
    [Arguments("s3://bucket/dir/model.onnx", "S3", null, "bucket", "dir/model.onnx", "dir/model.")]
    public async Task Parse_ReadsTheParts(string text, string kind, string? endpoint, string container, string key, string prefix)
    {
        RemotePath path = RemotePath.Parse(text).Value!;

        await Assert.That(RemotePath.IsRemote(text)).IsTrue();
        await Assert.That($"{path.Kind} {path.Endpoint} {path.Container} {path.Key} {path.Prefix}").IsEqualTo($"{kind} {endpoint} {container} {key} {prefix}");
        await Assert.That(path.ToString().Equals(text.TrimEnd('/'), StringComparison.OrdinalIgnoreCase)).IsTrue();
    }

    [Test]
    [Arguments("s3://")]
    [Arguments("s3:///key")]
    [Arguments("s3://../key")]
    [Arguments("s3://bucket/../other")]
    [Arguments("s3://bucket/a/./b")]
    [Arguments("s3://bucket/a//b")]
    [Arguments("s3://bucket/a\\b")]
    [Arguments("s3://bucket/a\nb")]
    [Arguments("s3://buc ket/a")]
    [Arguments("s3://user:password@host/bucket/a")]
    [Arguments("s3://host:99999/bucket/a")]
    [Arguments("az://container:80/a")]
    public async Task Parse_RefusesWhatIsNone(string text)
    {
        Outcome<RemotePath> path = RemotePath.Parse(text);

        await Assert.That(path.Code).IsEqualTo(StatusCode.PathInvalid);
        await Assert.That(path.Text).Contains("/path.");
    }

    [Test]
    [Arguments("/opt/models/s3")]
    [Arguments("./s3://x")]
    [Arguments("http://bucket/x")]
    public async Task OtherPaths_AreNotRemote(string text) => await Assert.That(RemotePath.IsRemote(text)).IsFalse();

    [Test]
    [Arguments("model.xml", true)]
    [Arguments("variables/variables.index", true)]
    [Arguments("..model", true)]
    [Arguments("", false)]
    [Arguments("/etc/passwd", false)]
    [Arguments("a/../../b", false)]
    [Arguments("..", false)]
    [Arguments("a/", false)]
    [Arguments("c:evil", false)]
    [Arguments("a\\..\\b", false)]
    [Arguments("a\0b", false)]
    public async Task IsSafeName_KeepsFilesWithinTheirFolder(string name, bool expected) => await Assert.That(RemotePath.IsSafeName(name)).IsEqualTo(expected);
}
