using System.Reflection;
using System.Runtime.Loader;
using Ovms.Generators.Options;
using Ovms.Generators.Tests.Infrastructure;

namespace Ovms.Generators.Tests.Options;

/// <summary>A small table with one option of each kind, and a probe through which tests call what was generated for it.</summary>
internal static class SampleTable
{
    public const string Source = """
        namespace Sample;
        using Ovms.Options;

        /// <summary>Sample.</summary>
        [OptionTable(Section = "sample options")]
        internal sealed partial record SampleOptions
        {
            private const OptionPlace Both = OptionPlace.Cli | OptionPlace.ModelConfig;

            /// <summary>Where to <c>listen</c>, see <see cref="Ratio"/>.</summary>
            [Option("port", Aliases = ["p", "listen"], In = Both, Min = 1, Max = 65535, Error = "port is out of range")]
            public uint Port { get; init; } = 80;

            /// <summary>Say more.</summary>
            [Option("verbose", In = Both)]
            public bool Verbose { get; init; }

            /// <summary>How hot.</summary>
            [Option("level", ConfigName = "severity", In = Both, Allowed = ["low", "high"])]
            public string Level { get; init; } = "low";

            /// <summary>A part of one.</summary>
            [Option("ratio", ConflictsWith = ["count"], DefaultText = "computed")]
            public double? Ratio { get; init; }

            /// <summary>A number of things.</summary>
            [Option("count", In = OptionPlace.ModelConfig | OptionPlace.Cli, ConflictsWith = ["ratio"], Change = OptionChange.ReloadsModel)]
            public int? Count { get; init; }

            /// <summary>A colour.</summary>
            [Option("color", In = Both)]
            public Color Color { get; init; } = Color.Of("red");

            /// <summary>Any JSON.</summary>
            [Option("raw", In = Both, Json = OptionJson.String | OptionJson.Number | OptionJson.Object, Placeholder = "JSON", Group = "advanced")]
            public string Raw { get; init; } = "";

            /// <summary>A large number.</summary>
            [Option("big", Max = long.MaxValue)]
            public ulong Big { get; init; } = 1UL << 40;

            /// <summary>Words.</summary>
            [Option("note")]
            public string? Note { get; init; }

            /// <summary>On, off or unset.</summary>
            [Option("tri", In = OptionPlace.ModelConfig)]
            public bool? Tri { get; init; }

            /// <summary>Which way.</summary>
            [Option("way", In = Both)]
            public Way Way { get; init; } = Way.Down;

            /// <summary>How loud.</summary>
            [Option("sound", Allowed = ["QUIET", "LOUD"])]
            public Sound? Sound { get; init; }

            /// <summary>Nobody's business.</summary>
            [Option("secret", Hidden = true)]
            public long Secret { get; init; }

            /// <summary>Not an option.</summary>
            public int Other { get; init; }
        }

        internal enum Way
        {
            Up,
            Down,
        }

        internal enum Sound
        {
            Quiet = 3,
            Loud = 7,
        }

        internal sealed record Color(string Name)
        {
            public static Color Of(string name) => new(name);

            public static bool TryParse(ReadOnlySpan<char> text, out Color value, out string? why)
            {
                value = new Color(text.ToString());
                why = value.Name is "red" or "blue" ? null : "a colour is red or blue";
                return why is null;
            }
        }
        """;

    private const string Probe = """
        namespace Sample;
        using Ovms.Options.Parsing;
        using System.Text.Json;

        public static class Probe
        {
            public static string[] Parse(string[] arguments) => Tell(SampleOptions.Parse(arguments));

            public static string[] Choose(string[] arguments)
            {
                ParseOutcome<SampleOptions> outcome = SampleOptions.Parse(arguments);
                return [$"{outcome.Value.Way}|{outcome.Value.Sound}", outcome.ErrorText()];
            }

            public static string[] Read(string json)
            {
                Utf8JsonReader reader = new(System.Text.Encoding.UTF8.GetBytes(json));
                string[] told = Tell(SampleOptions.Read(ref reader, "$.config"));
                return [.. told, reader.Read() ? reader.TokenType.ToString() : "end"];
            }

            public static string Help() => SampleOptions.HelpText;

            public static string Schema() => System.Text.Encoding.UTF8.GetString(SampleOptions.SchemaJson);

            public static string Rows() => string.Join("\n", SampleOptions.Rows.Select(row => row.ToString()));

            private static string[] Tell(ParseOutcome<SampleOptions> outcome)
            {
                SampleOptions o = outcome.Value;
                FormattableString values = $"{o.Port}|{o.Verbose}|{o.Level}|{o.Ratio}|{o.Count}|{o.Color.Name}|{o.Raw}|{o.Big}|{o.Note}|{o.Tri}|{o.Secret}";
                return [FormattableString.Invariant(values), outcome.ErrorText(), string.Join("\n", outcome.Warnings)];
            }
        }
        """;

    // Compiled once and kept: the cases are many and ask the same code.
    private static readonly Lazy<Type> s_probe = new(static () =>
    {
        using MemoryStream image = new();
        Microsoft.CodeAnalysis.Emit.EmitResult emit = Run(Source, Probe).After.Emit(image);
        if (!emit.Success)
        {
            throw new InvalidOperationException(string.Join("\n", emit.Diagnostics));
        }

        image.Position = 0;
        return new AssemblyLoadContext("sample", isCollectible: true).LoadFromStream(image).GetType("Sample.Probe")!;
    });

    /// <summary>Runs the option generator over sources.</summary>
    public static GeneratorRun Run(params string[] sources) => GeneratorRun.Of(new OptionTableGenerator(), sources);

    /// <summary>Values, errors and warnings of a command line.</summary>
    public static string[] Parse(params string[] arguments) => (string[])Call("Parse", [arguments]);

    /// <summary>The values of the options that are enums, and errors.</summary>
    public static string[] Choose(params string[] arguments) => (string[])Call("Choose", [arguments]);

    /// <summary>Values, errors, warnings of a JSON object, and what the reader finds after it.</summary>
    public static string[] Read(string json) => (string[])Call("Read", [json]);

    /// <summary>HelpText, SchemaJson or Rows as text.</summary>
    public static string Text(string product) => (string)Call(product, []);

    private static object Call(string method, object[] arguments) =>
        s_probe.Value.GetMethod(method)!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
}
