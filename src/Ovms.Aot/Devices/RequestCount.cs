namespace Ovms.Devices;

/// <summary>How many infer requests a model gets.</summary>
internal static class RequestCount
{
    /// <summary>As many as asked for, else what the devices find best, else one. Pure but for the warnings it adds.</summary>
    /// <param name="target">What runs the model.</param>
    /// <param name="nireq">As asked for; 0 for the devices' choice.</param>
    /// <param name="optimal">What the devices find best; 0 when they do not tell.</param>
    /// <param name="warnings">Gets a sentence where the count will not do what was wanted.</param>
    public static int Decide(TargetDevice target, int nireq, int optimal, ICollection<string> warnings)
    {
        if (nireq == 0 && optimal < 1)
        {
            warnings.Add($"{target} does not tell how many infer requests are best; 1 is used. Set --nireq for more");
        }

        int count = nireq > 0 ? nireq : Math.Max(1, optimal);
        if (target.BatchSize is { } batch && batch > 1)
        {
            // OpenVINO goes on without batching when it finds no batch dimension, and shows it only in this number.
            if (optimal is > 0 && optimal < batch)
            {
                warnings.Add($"{target}: OpenVINO found no batch dimension in the model, so calls are not gathered");
            }
            else if (nireq > 0 && nireq < batch)
            {
                warnings.Add($"{target}: with --nireq {nireq} a batch of {batch} never fills, so every call waits for AUTO_BATCH_TIMEOUT; set --nireq to {batch} or more");
            }
        }

        return count;
    }
}
