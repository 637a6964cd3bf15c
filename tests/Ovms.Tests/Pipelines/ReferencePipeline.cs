using Ovms.Status;

namespace Ovms.Tests.Pipelines;

/// <summary>
/// Computes a random pipeline the slow and obvious way: node by node in order, each for every path of parts that leads to it, with copies.
/// </summary>
/// <param name="pipeline">The pipeline.</param>
internal sealed class ReferencePipeline(RandomPipeline pipeline)
{
    // By stage and path of parts; a node that failed, or got nothing because others did, has no entry.
    private readonly Dictionary<(int Stage, string Path), PartTensor[]> _made = [];
    private readonly Dictionary<int, int> _parts = [];

    /// <summary>Everything that can end the call: the place as messages name it, and the status. One of them does.</summary>
    public HashSet<(string Place, StatusCode Code)> Faults { get; } = [];

    /// <summary>Computes a call.</summary>
    /// <param name="request">The inputs of the request, also those that no node takes.</param>
    /// <returns>The outputs; empty if there is a fault.</returns>
    public PartTensor[] Run(PartTensor[] request)
    {
        Keep(0, "", request);
        for (int i = 1; i < pipeline.Stages.Count; i++)
        {
            foreach (string path in PathsOf(pipeline.Stages[i].Levels))
            {
                RunSession(i, path);
            }
        }

        PartTensor?[] outputs = Faults.Count > 0 ? [] : [.. pipeline.Outputs.Select((source, i) => Gather(source, $"output y{i}"))];
        return Faults.Count > 0 ? [] : [.. outputs.Select(static output => output!)];
    }

    private void RunSession(int index, string path)
    {
        RandomStage stage = pipeline.Stages[index];
        string place = $"node {stage.Name}";
        List<PartTensor> inputs = [];
        foreach ((int Stage, int Output) source in stage.Sources)
        {
            PartTensor? input = Input(stage, source, path, place);
            if (input is null)
            {
                return;
            }

            inputs.Add(input);
        }

        if (stage.Kind == RandomStageKind.Custom)
        {
            if (stage.Run(inputs) is { } computed)
            {
                Keep(index, path, [.. Enumerable.Range(0, stage.Outputs).Select(i => computed with { Values = RandomStage.Vary(i, computed.Values) })]);
            }
            else
            {
                Faults.Add((place, StatusCode.NodeLibraryExecutionFailed));
            }
        }
        else if (inputs.Any(static input => !input.Shape.SequenceEqual([1, RandomStage.Width])))
        {
            Faults.Add((place, StatusCode.InvalidShape));
        }
        else
        {
            float[] right = inputs.Count == 1 ? [.. Enumerable.Repeat(1f, RandomStage.Width)] : inputs[1].Values;
            Keep(index, path, [inputs[0] with { Values = [.. inputs[0].Values.Zip(right, static (one, other) => one + other)] }]);
        }
    }

    private PartTensor? Input(RandomStage stage, (int Stage, int Output) source, string path, string place)
    {
        if (stage.Gathers == source.Stage)
        {
            return Find(source, path);
        }

        if (stage.Gathers >= 0)
        {
            PartTensor?[] parts = [.. Enumerable.Range(0, _parts.GetValueOrDefault(stage.Gathers)).Select(part => Find(source, $"{path}{part}."))];
            if (parts.Length == 0 || parts.Contains(null))
            {
                return null;
            }

            PartTensor? joined = PartTensor.Join(parts!, [parts.Length]);
            if (joined is null)
            {
                Faults.Add((place, StatusCode.PipelineShardsDiffer));
            }

            return joined;
        }

        if (pipeline.Stages[source.Stage].Demultiply is null)
        {
            return Find(source, path);
        }

        string[] steps = path.Split('.', StringSplitOptions.RemoveEmptyEntries);
        return Find(source, string.Concat(steps[..^1].Select(static step => $"{step}.")))?.Part(int.Parse(steps[^1]));
    }

    private PartTensor? Find((int Stage, int Output) source, string path) => _made.GetValueOrDefault((source.Stage, path))?[source.Output];

    private void Keep(int index, string path, PartTensor[] outputs)
    {
        RandomStage stage = pipeline.Stages[index];
        if (stage.Demultiply is { } count)
        {
            int parts = (int)outputs[0].Shape[0];
            bool isGathered = pipeline.Stages.Any(other => other.Gathers == index);
            StatusCode code = count > 0 && parts != count ? StatusCode.PipelinePartsInvalid
                : parts == 0 && (!pipeline.EmptyResult || isGathered) ? StatusCode.PipelineNoResults
                : StatusCode.Ok;
            if (code != StatusCode.Ok)
            {
                Faults.Add(($"node {stage.Name}", code));
                return;
            }

            _parts[index] = parts;
        }

        _made[(index, path)] = outputs;
    }

    private IEnumerable<string> PathsOf(ReadOnlySpan<int> levels)
    {
        string[] paths = [""];
        foreach (int level in levels)
        {
            int parts = _parts.GetValueOrDefault(level);
            paths = [.. paths.SelectMany(path => Enumerable.Range(0, parts).Select(part => $"{path}{part}."))];
        }

        return paths;
    }

    private PartTensor? Gather((int Stage, int Output) source, string place)
    {
        RandomStage stage = pipeline.Stages[source.Stage];
        PartTensor[] parts = [.. PathsOf(stage.Levels).Select(path => Find(source, path)!)];
        long[] counts = [.. stage.Levels.Select(level => (long)_parts[level])];
        PartTensor? joined = parts.Length > 0 ? PartTensor.Join(parts, counts)
            : new PartTensor([.. counts, .. stage.Demultiply is null ? (long[])[] : [0], 1, stage.IsRagged ? 0 : RandomStage.Width], []);
        if (joined is null)
        {
            Faults.Add((place, StatusCode.PipelineShardsDiffer));
        }

        return joined;
    }
}
