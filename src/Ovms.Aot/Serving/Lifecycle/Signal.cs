using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>An event for the loop of <see cref="ModelManager"/>.</summary>
internal abstract record Signal
{
    private Signal()
    {
    }

    /// <summary>The timer fired: an action may be due.</summary>
    public sealed record Woken : Signal
    {
        /// <summary>The only instance.</summary>
        public static Woken Instance { get; } = new();
    }

    /// <summary>A reload is requested.</summary>
    public sealed record Asked(PendingReload Reload) : Signal;

    /// <summary>A look at configuration and disk has ended.</summary>
    public sealed record Looked(DesiredLook Look) : Signal;

    /// <summary>A look has ended with an unexpected exception.</summary>
    public sealed record LookFailed(Exception Surprise) : Signal;

    /// <summary>A load has ended.</summary>
    /// <param name="Load">The load.</param>
    /// <param name="Loaded">The loaded model, which the loop disposes; or why it cannot be loaded.</param>
    public sealed record Made(RunningLoad Load, Outcome<LoadedModel> Loaded) : Signal;

    /// <summary>A servable runs on a worse device than it could.</summary>
    public sealed record Fell(ServableId Id, Servable Servable) : Signal;

    /// <summary>The last call of a released servable has ended.</summary>
    public sealed record Drained(ServableId Id, Servable Servable) : Signal;

    /// <summary>The stop no longer waits for loads.</summary>
    public sealed record LeaveLoads : Signal
    {
        /// <summary>The only instance.</summary>
        public static LeaveLoads Instance { get; } = new();
    }

    /// <summary>Stop serving.</summary>
    public sealed record Stop : Signal
    {
        /// <summary>The only instance.</summary>
        public static Stop Instance { get; } = new();
    }
}
