using BenchmarkDotNet.Attributes;
using Ovms.Language.Sampling;

namespace Ovms.Benchmarks.Micro;

/// <summary>
/// One token chosen from a row of logits. Compiled here for this machine; the published binary, whose vectors have 128 bits, takes about
/// twice the time for what is not greedy. Goals there: 60 µs greedy and 150 µs sampled, of 128,256 logits.
/// </summary>
[MemoryDiagnoser]
public class TokenChoices
{
    private readonly Dictionary<string, SamplingRules> _rules = new()
    {
        ["greedy"] = new() { Temperature = 0 },
        ["top_p 0.95"] = new() { Temperature = 0.8f, TopP = 0.95f },
        ["top_p 0.95, top_k 40"] = new() { Temperature = 0.8f, TopP = 0.95f, TopK = 40 },
        ["greedy with log-probability"] = new() { Temperature = 0, LogProbs = 0 },
    };

    private float[] _logits = [];
    private float[] _row = [];
    private Sampler _sampler = null!;

    /// <summary>The rules.</summary>
    [ParamsSource(nameof(AllRules))]
    public string Rules { get; set; } = "";

    /// <summary>Logits a row: SmolLM2's and Llama 3's.</summary>
    [Params(49_152, 128_256)]
    public int Vocabulary { get; set; }

    public IEnumerable<string> AllRules => _rules.Keys;

    [GlobalSetup]
    public void Load()
    {
        // Normally distributed, with some that stand out.
        Random random = new(1);
        _logits = new float[Vocabulary];
        for (int i = 0; i < Vocabulary; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            _logits[i] = (float)(2.5 * radius * Math.Cos(2 * Math.PI * random.NextDouble())) + (i % 6000 == 5000 ? 14 : 0);
        }

        _row = new float[Vocabulary];
        _sampler = new Sampler(_rules[Rules], 0, []);
    }

    /// <summary>What restoring the row takes, which the other includes.</summary>
    [Benchmark(Baseline = true)]
    public void CopyRow() => _logits.CopyTo(_row.AsSpan());

    /// <summary>A copy of the row, and the choice.</summary>
    [Benchmark]
    public int Choose()
    {
        _logits.CopyTo(_row.AsSpan());
        return _sampler.Next(_row).Id;
    }
}
