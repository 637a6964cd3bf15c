namespace Ovms.Graphs.Scheduling;

/// <summary>Which method of a calculator runs.</summary>
internal enum RunKind
{
    /// <summary><see cref="ICalculator.OpenAsync"/>.</summary>
    Open,

    /// <summary><see cref="ICalculator.ProcessAsync"/>.</summary>
    Process,

    /// <summary><see cref="ICalculator.CloseAsync"/>.</summary>
    Close,
}
