using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Three hundred changes under calls that never stop: not one of them fails, and nothing of the engine's is left behind.</summary>
public sealed class ReloadStormTests
{
    private const int Changes = 300;
    private const int Callers = 8;
    private const string Body = """{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[0,0,0,0,0,0,0,0,0,0]}]}""";

    [Test]
    public async Task ChangesUnderLoad_FailNoCallAndLeakNothing()
    {
        await using LivingRepository repository = new();
        foreach (string model in new[] { "a", "b" })
        {
            repository.Put(model, 1, adds: 1);
        }

        repository.Put("guest", 1, adds: 3);
        repository.Configure(Settings(0));

        // A form for many callers that is being compiled at the stop would be counted.
        await repository.StartAsync("--log_level", "DEBUG", "--adaptive", "off");

        ConcurrentQueue<string> errors = new();
        long calls = 0;
        using CancellationTokenSource stop = new();
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(index => Task.Run(() => CallAsync(repository, index, errors, () => Interlocked.Increment(ref calls), stop.Token)))];
        long settled = 0;
        for (int change = 1; change <= Changes; change++)
        {
            Change(repository, change);
            (HttpStatusCode code, string body, string? error) = await repository.ReloadAsync();
            if (code is not (HttpStatusCode.OK or HttpStatusCode.Created))
            {
                errors.Enqueue($"change {change}: {code} {body} {error}");
            }

            settled = change == 100 ? ProcessFacts.Resident(repository.Process.Id) : settled;
        }

        long grown = ProcessFacts.Resident(repository.Process.Id) - settled;
        await stop.CancelAsync();
        await Task.WhenAll(callers);
        await Assert.That(errors).IsEmpty();
        await Assert.That(calls).IsGreaterThan(Changes);
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
        string last = repository.Process.Output.Split('\n').Last(static line => line.Contains("Objects of the engine:", StringComparison.Ordinal));
        await Assert.That(last).Contains("models 0, compiled models 0, infer requests 0, tensors 0");
        await Assert.That(grown).IsLessThan(100).Because($"{settled} MB after 100 changes");
        await Assert.That(repository.Process.Errors).IsEmpty();
    }

    // Versions come and go, files of a served version change, a setting changes, a model is added and removed.
    private static void Change(LivingRepository repository, int change)
    {
        string model = change % 2 == 0 ? "a" : "b";
        switch ((change - 1) % 6)
        {
            case 0 or 1:
                repository.Put(model, 2, adds: 2);
                break;
            case 2 or 3:
                repository.Remove(model, 2);
                break;
            default:
                repository.Put(model, 1, adds: 1 + (change / 6 % 3));
                break;
        }

        repository.Configure(Settings(change));
    }

    private static string[] Settings(int change)
    {
        string a = $"a, \"nireq\": {1 + (change / 5 % 3)}";
        return change / 4 % 2 == 0 ? [a, "b"] : [a, "b", "guest"];
    }

    private static async Task CallAsync(LivingRepository repository, int index, ConcurrentQueue<string> errors, Action count, CancellationToken stop)
    {
        string model = index % 2 == 0 ? "a" : "b";
        while (!stop.IsCancellationRequested)
        {
            try
            {
                float adds = await (index < Callers / 2 ? repository.AddsAsync(model) : OverRestAsync(repository, model));
                if (adds is not (1f or 2f or 3f))
                {
                    errors.Enqueue($"{model} adds {adds}");
                }

                count();
            }
            catch (Exception failure)
            {
                errors.Enqueue($"{model}: {failure.Message}");
            }
        }
    }

    private static async Task<float> OverRestAsync(LivingRepository repository, string model)
    {
        using StringContent body = new(Body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await repository.Http.PostAsync($"/v2/models/{model}/infer", body);
        string text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{answer.StatusCode}: {text}");
        }

        const string Data = "\"data\":[";
        int start = text.IndexOf(Data, StringComparison.Ordinal) + Data.Length;
        return float.Parse(text.AsSpan(start, text.AsSpan(start).IndexOfAny(',', ']')), System.Globalization.CultureInfo.InvariantCulture);
    }
}
