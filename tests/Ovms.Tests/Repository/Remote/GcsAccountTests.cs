using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ovms.Repository;
using Ovms.Repository.Remote;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Repository.Remote;

/// <summary>The way from a service account's key file to a listing with its token.</summary>
public class GcsAccountTests
{
    [Test]
    public async Task KeyFile_IsExchangedForATokenThatIsUsedAgain()
    {
        using RSA key = RSA.Create(2048);
        using TemporaryFolder folder = new();
        List<FakeRequest> asked = [];
        await using FakeHttp tokens = new(request =>
        {
            lock (asked)
            {
                asked.Add(request);
            }

            return FakeAnswer.Text(200, """{"access_token":"tok-1","expires_in":3600,"token_type":"Bearer"}""", "application/json");
        });
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.Gcs);
        cloud.Variables["GOOGLE_APPLICATION_CREDENTIALS"] = KeyFile(folder, key, tokens.Address + "/token");
        using RemoteStore store = cloud.Open();

        await store.ListAsync(CancellationToken.None);
        Outcome<List<RemoteObject>> listed = await store.ListAsync(CancellationToken.None);

        await Assert.That(listed.Text).IsEqualTo("OK");
        await Assert.That(cloud.Requests.All(static request => request.Headers["Authorization"] == "Bearer tok-1")).IsTrue();
        await Assert.That(asked.Count).IsEqualTo(1);
        await Assert.That(asked[0].Body).StartsWith("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=");

        string[] parts = asked[0].Body[(asked[0].Body.IndexOf("assertion=", StringComparison.Ordinal) + 10)..].Split('.');
        bool isSigned = key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using JsonDocument claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        await Assert.That(isSigned).IsTrue();
        await Assert.That(claims.RootElement.GetProperty("iss").GetString()).IsEqualTo("robot@example.org");
        await Assert.That(claims.RootElement.GetProperty("aud").GetString()).IsEqualTo(tokens.Address + "/token");
        await Assert.That(claims.RootElement.GetProperty("exp").GetInt64() - claims.RootElement.GetProperty("iat").GetInt64()).IsEqualTo(3600);
    }

    [Test]
    public async Task Assertion_IsWhatTheKeyAndTheTimeMakeIt()
    {
        using RSA key = RSA.Create(2048);
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

        string assertion = GcsAccount.Assertion(key, "a\"b@example.org", "https://example.org/token", now);

        string[] parts = assertion.Split('.');
        await Assert.That(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0]))).IsEqualTo("""{"alg":"RS256","typ":"JWT"}""");
        using JsonDocument claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        await Assert.That(claims.RootElement.GetProperty("iss").GetString()).IsEqualTo("a\"b@example.org");
        await Assert.That(claims.RootElement.GetProperty("iat").GetInt64()).IsEqualTo(1_700_000_000);
        await Assert.That(assertion).IsEqualTo(GcsAccount.Assertion(key, "a\"b@example.org", "https://example.org/token", now));
    }

    [Test]
    public async Task RefusedKey_IsSaidWithoutQuotingIt()
    {
        using RSA key = RSA.Create(2048);
        using TemporaryFolder folder = new();
        await using FakeHttp tokens = new(static _ => FakeAnswer.Text(400, """{"error":"invalid_grant"}""", "application/json"));
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.Gcs);
        cloud.Variables["GOOGLE_APPLICATION_CREDENTIALS"] = KeyFile(folder, key, tokens.Address + "/token");
        using RemoteStore store = cloud.Open();

        Outcome<List<RemoteObject>> listed = await store.ListAsync(CancellationToken.None);

        await Assert.That(listed.Code).IsEqualTo(StatusCode.RemoteAccessRefused);
        await Assert.That(listed.Text).Contains("GOOGLE_APPLICATION_CREDENTIALS").And.Contains("TokenRefused");
        await Assert.That(cloud.Requests.IsEmpty).IsTrue();
    }

    [Test]
    [Arguments("")]
    [Arguments("\uFEFF")]
    public async Task UserLogin_IsRefreshed(string mark)
    {
        using TemporaryFolder folder = new();
        string? body = null;
        await using FakeHttp tokens = new(request =>
        {
            body = request.Body;
            return FakeAnswer.Text(200, """{"access_token":"tok-2"}""", "application/json");
        });
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.Gcs);
        cloud.Variables["GOOGLE_APPLICATION_CREDENTIALS"] = folder.Write(
            "adc.json", Encoding.UTF8.GetBytes($$"""{{mark}}{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r","token_uri":"{{tokens.Address}}/t"}"""));
        using RemoteStore store = cloud.Open();

        await Assert.That((await store.ListAsync(CancellationToken.None)).Text).IsEqualTo("OK");
        await Assert.That(body).IsEqualTo("grant_type=refresh_token&client_id=c&client_secret=s&refresh_token=r");
        await Assert.That(cloud.Requests.First().Headers["Authorization"]).IsEqualTo("Bearer tok-2");
    }

    [Test]
    [Arguments("not json secret")]
    [Arguments("""{"type":"service_account"}""")]
    [Arguments("""{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----","client_email":"a","token_uri":"https://x"}""")]
    [Arguments("""{"type":7}""")]
    public async Task BrokenKeyFile_IsNamedAndNotQuoted(string text)
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("key.json", Encoding.UTF8.GetBytes(text));

        Outcome<GcsAccount> account = GcsAccount.Read(RemotePath.Parse("gs://b/m").Value!, file, TimeProvider.System);

        await Assert.That(account.Code).IsEqualTo(StatusCode.RemoteAccessRefused);
        await Assert.That(account.Text).Contains(file).And.Contains("is not the JSON key file of a service account").And.DoesNotContain("secret");
    }

    [Test]
    public async Task OtherKindOfKeyFile_IsNamed()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("key.json", """{"type":"external_account"}"""u8);

        await Assert.That(GcsAccount.Read(RemotePath.Parse("gs://b/m").Value!, file, TimeProvider.System).Text).Contains("is of type 'external_account'");
    }

    private static string KeyFile(TemporaryFolder folder, RSA key, string tokenUri) =>
        folder.Write("key.json", Encoding.UTF8.GetBytes($$"""{"type":"service_account","client_email":"robot@example.org","private_key":"{{JsonEncodedText.Encode(key.ExportPkcs8PrivateKeyPem())}}","token_uri":"{{tokenUri}}"}"""));
}
