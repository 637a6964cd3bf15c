using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using Ovms.Disk;
using Ovms.Status;

namespace Ovms.Repository;

/// <summary>What the .xml of an IR states and OpenVINO's C API does not report.</summary>
/// <param name="Version">Version of the IR format.</param>
/// <param name="KeepsState">Whether the model keeps state between calls (ReadValue, Assign).</param>
/// <param name="WeightsLength">Minimum length of the .bin in bytes; 0 for a model without weights.</param>
/// <param name="Layouts">Stated layouts of inputs and outputs, by each of the port's names, in the short form (NCHW, N...).</param>
/// <param name="ModelInfo">The model_info that Model API writes; null if absent.</param>
internal sealed record IrFile(
    int Version, bool KeepsState, long WeightsLength, FrozenDictionary<string, string> Layouts, RuntimeInfo? ModelInfo)
{
    /// <summary>All names of the inputs; empty if one has none, so that not all are known.</summary>
    public ImmutableArray<string> InputNames { get; init; } = [];

    /// <summary>The same of the outputs.</summary>
    public ImmutableArray<string> OutputNames { get; init; } = [];

    /// <summary>The oldest format that OpenVINO 2026 reads.</summary>
    public const int OldestVersion = 10;

    /// <summary>The newest format that OpenVINO 2026 reads.</summary>
    public const int NewestVersion = 11;

    // OpenVINO expands document types. A model needs none, and a hostile one can expand without limit.
    private static readonly XmlReaderSettings s_settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = 1L << 31,
        IgnoreComments = true,
        IgnoreWhitespace = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>Reads the file once, as a stream.</summary>
    /// <returns>The contents, or a fault: not XML, truncated, not an IR, or an IR version that OpenVINO cannot read.</returns>
    public static Outcome<IrFile> Read(string path)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path, 1 << 16);
            using XmlReader reader = XmlReader.Create(stream, s_settings);
            if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "net")
            {
                return Outcome.Fail(
                    StatusCode.ModelNotLoaded,
                    $"{path} is not an OpenVINO model: expected <net> as the outermost element, found <{reader.LocalName}>.");
            }

            string? text = reader.GetAttribute("version");
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int version))
            {
                return Outcome.Fail(
                    StatusCode.ModelNotLoaded,
                    $"{path} is not an OpenVINO model: "
                    + $"<net> has {(text is null ? "no version" : $"version=\"{text}\"")}, expected a number.");
            }

            return version switch
            {
                > NewestVersion => Outcome.Fail(
                    StatusCode.ModelNotLoaded,
                    $"{path} is of IR version {version}, made by a newer OpenVINO; "
                    + $"this one reads versions {OldestVersion} to {NewestVersion}. Convert the model with OpenVINO 2026.4 or older, "
                    + "or use a newer ovms."),
                < OldestVersion => Outcome.Fail(
                    StatusCode.ModelNotLoaded,
                    $"{path} is of IR version {version}; this OpenVINO reads versions {OldestVersion} to {NewestVersion}. "
                    + "Convert the original model again with OpenVINO 2022.1 or newer."),
                _ => new IrReader(reader).ReadNet(version),
            };
        }
        catch (XmlException failure) when (failure.Message.Contains("DTD", StringComparison.OrdinalIgnoreCase))
        {
            return Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"{path} has a document type (<!DOCTYPE …>), which a model does not need; remove it.");
        }
        catch (XmlException failure)
        {
            return Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"{path} is not whole: {failure.Message.TrimEnd('.')}. It may have been cut off; copy it again.");
        }
    }
}
