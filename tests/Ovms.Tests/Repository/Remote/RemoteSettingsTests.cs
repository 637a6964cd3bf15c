using Ovms.Repository;
using Ovms.Repository.Remote;
using Ovms.Status;
using Ovms.Tests.Setup;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Repository.Remote;

/// <summary>What the environment says of stores and credentials, and what is said of an environment that makes no sense.</summary>
public class RemoteSettingsTests
{
    [Test]
    [Arguments("s3://b/m", "", "https://s3.us-east-1.amazonaws.com")]
    [Arguments("s3://b/m", "AWS_REGION=eu-west-1", "https://s3.eu-west-1.amazonaws.com")]
    [Arguments("s3://b/m", "S3_ENDPOINT=minio:9000", "https://minio:9000")]
    [Arguments("s3://b/m", "S3_ENDPOINT=http://minio:9000", "http://minio:9000")]
    [Arguments("s3://b/m", "S3_ENDPOINT= http://minio:9000/ ", "http://minio:9000")]
    [Arguments("s3://minio:9000/b/m", "S3_ENDPOINT=http://other", "http://minio:9000")]
    [Arguments("gs://b/m", "", "https://storage.googleapis.com")]
    [Arguments("gs://b/m", "STORAGE_EMULATOR_HOST=localhost:4443", "http://localhost:4443")]
    [Arguments("az://c/m", "AZURE_STORAGE_ACCOUNT=acc", "https://acc.blob.core.windows.net/c")]
    [Arguments("az://c/m", "AZURE_STORAGE_CONNECTION_STRING=AccountName~acc;AccountKey~YWJj;EndpointSuffix~example.org", "https://acc.blob.example.org/c")]
    [Arguments("azfs://s/m", "AZURE_STORAGE_ACCOUNT=acc|AZURE_STORAGE_SAS_TOKEN=sv~1&sig~abc", "https://acc.file.core.windows.net/s")]
    public async Task Open_FindsTheEndpoint(string path, string variables, string endpoint)
    {
        Outcome<RemoteStore> store = Open(path, variables);

        await Assert.That(store.Text).IsEqualTo("OK");
        await Assert.That(store.Value!.Endpoint).IsEqualTo(endpoint);
        store.Value!.Dispose();
    }

    [Test]
    [Arguments("s3://b/m", "AWS_ACCESS_KEY_ID=AKsecret", "AWS_SECRET_ACCESS_KEY is not")]
    [Arguments("s3://b/m", "AWS_SECRET_ACCESS_KEY=AKsecret", "AWS_ACCESS_KEY_ID is not")]
    [Arguments("s3://b/m", "AWS_PROFILE=nobody|AWS_SHARED_CREDENTIALS_FILE=/nowhere/secret", "AWS_PROFILE is 'nobody'")]
    [Arguments("s3://b/m", "S3_ENDPOINT=http://user:secret@host", "S3_ENDPOINT is not an address")]
    [Arguments("s3://b/m", "S3_ENDPOINT=ftp://host", "S3_ENDPOINT is not an address")]
    [Arguments("az://c/m", "", "AZURE_STORAGE_CONNECTION_STRING")]
    [Arguments("az://c/m", "AZURE_STORAGE_CONNECTION_STRING=secret", "docs/cloud-storage.md")]
    [Arguments("az://c/m", "AZURE_STORAGE_ACCOUNT=evil.example/secret", "AZURE_STORAGE_ACCOUNT is not the name")]
    [Arguments("az://c/m", "AZURE_STORAGE_ACCOUNT=acc|AZURE_STORAGE_KEY=secret!", "docs/cloud-storage.md")]
    [Arguments("azfs://s/m", "AZURE_STORAGE_ACCOUNT=acc", "no anonymous access")]
    [Arguments("gs://b/m", "GOOGLE_APPLICATION_CREDENTIALS=/nowhere/key.json", "/nowhere/key.json (GOOGLE_APPLICATION_CREDENTIALS) cannot be read")]
    [Arguments("gs://b/m", "STORAGE_EMULATOR_HOST=http://", "STORAGE_EMULATOR_HOST is not an address")]
    public async Task Open_SaysWhatIsWrongWithoutQuotingIt(string path, string variables, string said)
    {
        Outcome<RemoteStore> store = Open(path, variables);

        await Assert.That(store.IsOk).IsFalse();
        await Assert.That(store.Text).Contains(path).And.Contains(said).And.DoesNotContain("secret");
    }

    [Test]
    [Arguments("s3://b/m")]
    [Arguments("gs://b/m")]
    [Arguments("az://c/m")]
    [Arguments("azfs://s/m")]
    public async Task WithoutOpenSsl_NothingIsOpened(string path)
    {
        List<string> asked = [];
        RemoteSettings settings = new(static name => name == "DOTNET_OPENSSL_VERSION_OVERRIDE" ? "9" : null, FakeCloud.Quick, name =>
        {
            asked.Add(name);
            return false;
        });

        Outcome<RemoteStore> store = settings.Open(RemotePath.Parse(path).Value!);

        await Assert.That(store.Code).IsEqualTo(StatusCode.RemoteUnusable);
        await Assert.That(store.Text).Contains(path).And.Contains("Debian packages libssl3 and ca-certificates");
        await Assert.That(asked).IsEquivalentTo(["libssl.so.9", "libssl.so.3", "libssl.so.1.1"], CollectionOrdering.Matching);
    }

    [Test]
    public async Task Profile_IsReadFromTheSharedFile()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("credentials", "[ovms-test]\naws_access_key_id = AKPROFILE\naws_secret_access_key = verysecret\nregion = eu-north-1\n"u8);
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        RemoteSettings settings = new(name => name switch { "S3_ENDPOINT" => cloud.Address, "AWS_PROFILE" => "ovms-test", "AWS_SHARED_CREDENTIALS_FILE" => file, _ => null }, FakeCloud.Quick);
        using RemoteStore store = settings.Open(cloud.Path).Value!;

        Outcome<List<RemoteObject>> listed = await store.ListAsync(CancellationToken.None);

        await Assert.That(listed.Text).IsEqualTo("OK");
        await Assert.That(cloud.Requests.First().Headers["Authorization"]).Contains("Credential=AKPROFILE/").And.Contains("/eu-north-1/s3/");
    }

    [Test]
    public async Task Keys_SignAndTheirSessionTokenGoesAlong()
    {
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        cloud.Variables["AWS_SESSION_TOKEN"] = "sessiontoken";
        cloud.Variables["AWS_REGION"] = "ap-south-1";
        using RemoteStore store = cloud.Open();

        await store.ListAsync(CancellationToken.None);

        FakeRequest request = cloud.Requests.First();
        await Assert.That(request.Headers["Authorization"]).StartsWith("AWS4-HMAC-SHA256 Credential=AKID/").And.Contains("/ap-south-1/s3/aws4_request");
        await Assert.That(request.Headers["X-Amz-Security-Token"]).IsEqualTo("sessiontoken");
    }

    [Test]
    public async Task NothingSet_IsAnonymous()
    {
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        cloud.Variables.Remove("AWS_ACCESS_KEY_ID");
        cloud.Variables.Remove("AWS_SECRET_ACCESS_KEY");
        using RemoteStore store = cloud.Open();

        Outcome<List<RemoteObject>> listed = await store.ListAsync(CancellationToken.None);

        await Assert.That(listed.Text).IsEqualTo("OK");
        await Assert.That(cloud.Requests.First().Headers.ContainsKey("Authorization")).IsFalse();
    }

    private static Outcome<RemoteStore> Open(string path, string variables)
    {
        Dictionary<string, string> set = variables.Split('|', StringSplitOptions.RemoveEmptyEntries)
            .Select(static one => one.Split('=', 2))
            .ToDictionary(static pair => pair[0], static pair => pair[1].Replace('~', '='));
        return new RemoteSettings(name => set.GetValueOrDefault(name), FakeCloud.Quick).Open(RemotePath.Parse(path).Value!);
    }
}
