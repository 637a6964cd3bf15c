using Azure.Storage.Blobs;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>An emulated object store with one container, "models": how a test fills it, and what the server is told to find it.</summary>
internal sealed class Cloud : IAsyncDisposable
{
    private readonly Emulator _emulator;
    private readonly BlobContainerClient? _container;
    private readonly HttpClient _http = new();
    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("ovms-remote-");

    private Cloud(Emulator emulator, BlobContainerClient? container, string scheme, Dictionary<string, string?> variables, Dictionary<string, string?> wrong, string secret)
    {
        _emulator = emulator;
        _container = container;
        Scheme = scheme;
        Variables = variables;
        WrongVariables = wrong;
        WrongSecret = secret;
    }

    /// <summary>s3:// or az://.</summary>
    public string Scheme { get; }

    /// <summary>The environment with which the server gets in.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; }

    /// <summary>The environment with which it does not.</summary>
    public IReadOnlyDictionary<string, string?> WrongVariables { get; }

    /// <summary>What stands in <see cref="WrongVariables"/> and may stand nowhere else.</summary>
    public string WrongSecret { get; }

    /// <summary>The folder for copies.</summary>
    public string Cache => _cache.FullName;

    /// <summary>Starts an emulator; skips the test where it is not to be had.</summary>
    public static async Task<Cloud> StartAsync(string scheme)
    {
        if (scheme == "s3://")
        {
            Emulator s3 = await Emulator.S3Async();
            string endpoint = $"http://127.0.0.1:{s3.Port}";

            // The emulator looks at the name of the key alone.
            const string WrongKey = "d3JvbmctczMta2V5";
            return new Cloud(s3, null, scheme, Keys("S3RVER", "S3RVER"), Keys("NOBODY", WrongKey), WrongKey);

            Dictionary<string, string?> Keys(string id, string secret) => new() { ["S3_ENDPOINT"] = endpoint, ["AWS_ACCESS_KEY_ID"] = id, ["AWS_SECRET_ACCESS_KEY"] = secret, ["no_proxy"] = "127.0.0.1" };
        }

        Emulator azure = await Emulator.AzureAsync();
        const string Account = "devstoreaccount1";
        const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
        const string Wrong = "d3JvbmctYXp1cmUta2V5";
        BlobContainerClient container = new(Connection(Key), "models");
        await container.CreateAsync();
        return new Cloud(azure, container, scheme, new() { ["AZURE_STORAGE_CONNECTION_STRING"] = Connection(Key) }, new() { ["AZURE_STORAGE_CONNECTION_STRING"] = Connection(Wrong) }, Wrong);

        string Connection(string key) => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={key};BlobEndpoint=http://127.0.0.1:{azure.Port}/{Account};";
    }

    /// <summary>Uploads a copy of a version of the test model.</summary>
    /// <param name="version">The version's number; the model adds it.</param>
    public async Task PutAsync(int version)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repo.Model("versions"), $"{version}")))
        {
            string key = $"repo/m/{version}/{Path.GetFileName(file)}";
            if (_container is not null)
            {
                await _container.UploadBlobAsync(key, BinaryData.FromBytes(await File.ReadAllBytesAsync(file)));
            }
            else
            {
                using ByteArrayContent content = new(await File.ReadAllBytesAsync(file));
                using HttpResponseMessage answer = await _http.PutAsync($"http://127.0.0.1:{_emulator.Port}/models/{key}", content);
                answer.EnsureSuccessStatusCode();
            }
        }
    }

    /// <summary>Deletes the container with all that is in it, at once.</summary>
    public async Task VanishAsync()
    {
        if (_container is not null)
        {
            await _container.DeleteAsync();
        }
        else
        {
            Directory.Move(Path.Combine(_emulator.Folder, "models"), Path.Combine(_emulator.Folder, ".gone"));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _emulator.DisposeAsync();
        _cache.Delete(recursive: true);
    }
}
