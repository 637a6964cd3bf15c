using Ovms.Observability;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// The variants of one model that fell to a worse device. They are dropped, after pauses that grow, when the devices compute: the next call
/// of such shapes compiles them again, on the better device.
/// </summary>
/// <remarks>
/// The pauses matter where shapes are too large for the better device: then each new variant falls again. Used by one thread at a time.
/// </remarks>
/// <param name="model">The model.</param>
/// <param name="time">The source of time.</param>
/// <param name="log">Logs the drops.</param>
internal sealed class FallenVariants(Servable model, TimeProvider time, ILogger log)
{
    private readonly long _began = time.GetTimestamp();
    private WayBack? _way;
    private Task<string?>? _asked;

    private TimeSpan Now => time.GetElapsedTime(_began);

    /// <summary>Looks for variants that fell, and drops them if it is time.</summary>
    public void Pass()
    {
        if (model.Variants is not { } variants
            || variants.All.Where(static variant => variant.Devices?.HaveFallen == true).ToArray() is not { Length: > 0 } fallen)
        {
            return;
        }

        if (_way?.At is not { } at)
        {
            _way = WayBack.AfterFall(_way, Now);
        }
        else if (Now >= at)
        {
            Try(variants, fallen, _way);
        }
    }

    private void Try(ServableVariants variants, Servable[] fallen, WayBack way)
    {
        _asked ??= model.AskDevicesAsync();
        if (!_asked.IsCompleted)
        {
            return;
        }

        bool isWell = _asked is { IsCompletedSuccessfully: true, Result: null };
        _asked = null;
        if (!isWell)
        {
            _way = way.AfterFailure(Now, TimeSpan.Zero);
            return;
        }

        _way = way.AfterReturn(Now);
        foreach (Servable variant in fallen)
        {
            if (variants.Drop(variant))
            {
                Log.FallenVariantDropped(log, model.Id.Name, model.Id.Version, variant.Devices!.Text);
            }
        }
    }
}
