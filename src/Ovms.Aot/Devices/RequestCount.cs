namespace Ovms.Devices;

/// <summary>Decides how many infer requests a model gets.</summary>
internal static class RequestCount
{
    /// <summary>Size of a batch above which its infer requests are worth a warning: each has memory of its own.</summary>
    private const int LargeBatch = 256;

    /// <summary>The requested number, else the devices' optimum, else one. Pure except for the warnings it adds.</summary>
    /// <param name="target">The devices that run the model.</param>
    /// <param name="nireq">The requested number; 0 for the devices' choice.</param>
    /// <param name="optimal">The devices' optimum; 0 if they report none.</param>
    /// <param name="warnings">Gets a message if the count will not have the intended effect.</param>
    public static int Decide(TargetDevice target, int nireq, int optimal, ICollection<string> warnings)
    {
        if (nireq == 0 && optimal < 1)
        {
            warnings.Add($"{target} does not tell how many infer requests are best; 1 is used. Set --nireq for more");
        }

        int count = nireq > 0 ? nireq : Math.Max(1, optimal);
        if (target.BatchSize is { } batch && batch > 1)
        {
            // Without a batch dimension OpenVINO runs without batching, and only this number shows it.
            if (optimal is > 0 && optimal < batch)
            {
                warnings.Add($"{target}: OpenVINO found no batch dimension in the model, so calls are not gathered");
            }
            else if (nireq > 0 && nireq < batch)
            {
                warnings.Add(
                    $"{target}: with --nireq {nireq} a batch of {batch} never fills, so every call waits for AUTO_BATCH_TIMEOUT; "
                        + $"set --nireq to {batch} or more");
            }
            else if (nireq == 0 && count > LargeBatch)
            {
                warnings.Add(
                    $"{target} makes {count} infer requests, each with memory of its own, and a batch fills only when as many calls wait "
                        + "at the same time; a smaller batch is probably meant, or --nireq sets another number");
            }
        }

        return count;
    }
}
