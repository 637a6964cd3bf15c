using System.Buffers.Text;
using System.Globalization;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ovms.Disk;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>Credentials for Google Cloud Storage: a key file that is exchanged for tokens of one hour. Tokens are cached.</summary>
/// <param name="form">Constant fields of a token request.</param>
/// <param name="sign">Makes the signed assertion for a time; null if the request has none.</param>
/// <param name="tokenAddress">URL of the token service.</param>
/// <param name="time">The clock.</param>
internal sealed class GcsAccount(
    IReadOnlyDictionary<string, string> form, Func<DateTimeOffset, string>? sign, Uri tokenAddress, TimeProvider time)
{
    private const string Scope = "https://www.googleapis.com/auth/devstorage.read_only";
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_margin = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _asking = new(1);
    private Token? _current;

    /// <summary>Reads the key file of a service account, or the one that a user's login leaves.</summary>
    public static Outcome<GcsAccount> Read(RemotePath path, string file, TimeProvider time)
    {
        const string Variable = "GOOGLE_APPLICATION_CREDENTIALS";
        try
        {
            using JsonDocument document = JsonDocument.Parse(ByteOrderMark.Skip(RegularFile.ReadAllBytes(file)));
            JsonElement root = document.RootElement;
            string kind = Text("type");
            if (kind == "service_account")
            {
                RSA key = RSA.Create();
                key.ImportFromPem(Text("private_key"));
                (string email, string audience) = (Text("client_email"), Text("token_uri"));
                Dictionary<string, string> grant = new() { ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer" };
                return new GcsAccount(grant, now => Assertion(key, email, audience, now), new Uri(audience), time);
            }

            if (kind == "authorized_user")
            {
                Dictionary<string, string> grant = new()
                {
                    ["grant_type"] = "refresh_token",
                    ["client_id"] = Text("client_id"),
                    ["client_secret"] = Text("client_secret"),
                    ["refresh_token"] = Text("refresh_token"),
                };
                string address = root.TryGetProperty("token_uri", out JsonElement uri)
                    ? uri.GetString()!
                    : "https://oauth2.googleapis.com/token";
                return new GcsAccount(grant, null, new Uri(address), time);
            }

            return Outcome.Fail(
                StatusCode.RemoteAccessRefused,
                $"{path}: {file} ({Variable}) is of type '{Shown.Bounded(kind)}'; service_account and authorized_user are read.");

            string Text(string name) => root.GetProperty(name).GetString() ?? throw new KeyNotFoundException();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SecurityException)
        {
            return Outcome.Fail(StatusCode.RemoteAccessRefused, $"{path}: {file} ({Variable}) cannot be read: {failure.Message}");
        }
        catch (Exception failure) when (
            failure is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException
                or CryptographicException or UriFormatException)
        {
            // The exception's message may quote the file.
            return Outcome.Fail(
                StatusCode.RemoteAccessRefused,
                $"{path}: {file} ({Variable}) is not the JSON key file of a service account; download the key again.");
        }
    }

    /// <summary>A token that remains valid for at least two minutes.</summary>
    /// <exception cref="GcsAnswerException">The token service rejects the account.</exception>
    public async Task<string> TokenAsync(HttpClient client, CancellationToken cancellation)
    {
        // One request at a time: callers that waited find the new token in the cache.
        await _asking.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_current is null || time.GetElapsedTime(_current.Asked) >= _current.Lifetime - s_margin)
            {
                _current = await AskAsync(client, cancellation).ConfigureAwait(false);
            }

            return _current.Text;
        }
        finally
        {
            _asking.Release();
        }
    }

    private async Task<Token> AskAsync(HttpClient client, CancellationToken cancellation)
    {
        // The assertion states the time of day; the token's age is measured by the monotonic clock, which cannot be adjusted.
        long asked = time.GetTimestamp();
        IEnumerable<KeyValuePair<string, string>> fields =
            sign is null ? form : form.Append(new KeyValuePair<string, string>("assertion", sign(time.GetUtcNow())));
        using FormUrlEncodedContent content = new(fields);
        using HttpResponseMessage response = await client.PostAsync(tokenAddress, content, cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            // The token service answers 400 for a key that is not (or no longer) valid.
            throw new GcsAnswerException((int)response.StatusCode is 400 or 401 ? 401 : (int)response.StatusCode, "TokenRefused");
        }

        using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
        string fresh = answer.RootElement.GetProperty("access_token").GetString()!;
        double seconds = answer.RootElement.TryGetProperty("expires_in", out JsonElement told)
            ? told.GetDouble()
            : s_lifetime.TotalSeconds;
        return new Token(fresh, asked, TimeSpan.FromSeconds(Math.Clamp(seconds, 0, s_lifetime.TotalSeconds)));
    }

    /// <summary>A signed assertion of who requests which scope (RFC 7523).</summary>
    internal static string Assertion(RSA key, string email, string audience, DateTimeOffset now)
    {
        string scope = $"\"scope\":\"{Scope}\",\"aud\":\"{JsonEncodedText.Encode(audience)}\"";
        string period = string.Create(
            CultureInfo.InvariantCulture,
            $"\"iat\":{now.ToUnixTimeSeconds()},\"exp\":{(now + s_lifetime).ToUnixTimeSeconds()}");
        string claims = $$"""{"iss":"{{JsonEncodedText.Encode(email)}}",{{scope}},{{period}}}""";
        string header = Base64Url.EncodeToString("""{"alg":"RS256","typ":"JWT"}"""u8);
        string signed = $"{header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        byte[] signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private sealed record Token(string Text, long Asked, TimeSpan Lifetime);
}
