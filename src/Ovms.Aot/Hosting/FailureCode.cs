using Ovms.Options;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>The exit code of a command whose command line was parsed and that failed afterwards.</summary>
internal static class FailureCode
{
    /// <summary>
    /// Usage for what the parser would have rejected if it knew: an option's own form, and a device string of no known form. Failure for
    /// everything else, also for a model's settings of wrong form (shape, layout, version policy), as in the original.
    /// </summary>
    public static int Of(Outcome failure) =>
        failure.Code is StatusCode.OptionsUsageError or StatusCode.TargetDeviceWrongFormat
            ? ExitCode.Usage(OperatingSystem.IsWindows())
            : ExitCode.Failure;
}
