using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>What the loop of <see cref="ModelManager"/> is told.</summary>
internal abstract record Signal
{
    private Signal()
    {
    }

    /// <summary>The timer: something may be due.</summary>
    public sealed record Woken : Signal
    {
        /// <summary>The only one.</summary>
        public static Woken Instance { get; } = new();
    }

    /// <summary>Somebody asks for a reload and waits for its end.</summary>
    public sealed record Asked(PendingReload Reload) : Signal;

    /// <summary>A look at configuration and disk has ended.</summary>
    public sealed record Looked(DesiredLook Look) : Signal;

    /// <summary>A look has ended by an exception that nobody expected.</summary>
    public sealed record LookFailed(Exception Surprise) : Signal;

    /// <summary>A load has ended.</summary>
    /// <param name="Load">Which.</param>
    /// <param name="Loaded">What was made, the loop's to dispose.</param>
    public sealed record Made(RunningLoad Load, Outcome<LoadedModel> Loaded) : Signal;

    /// <summary>The last call of a version that was let go has ended.</summary>
    public sealed record Drained(ServableId Id, Servable Servable) : Signal;

    /// <summary>The end does not wait for loads any longer.</summary>
    public sealed record LeaveLoads : Signal
    {
        /// <summary>The only one.</summary>
        public static LeaveLoads Instance { get; } = new();
    }

    /// <summary>Everything is to end.</summary>
    public sealed record Stop : Signal
    {
        /// <summary>The only one.</summary>
        public static Stop Instance { get; } = new();
    }
}
