namespace Ovms.Serving.Health;

/// <summary>A model runs on other devices than before.</summary>
/// <param name="Before">The devices before, as text for users.</param>
/// <param name="Now">The devices now.</param>
/// <param name="IsFall">Whether a device that ran it, or should, does not run it any more.</param>
internal sealed record DeviceChange(string Before, string Now, bool IsFall);
