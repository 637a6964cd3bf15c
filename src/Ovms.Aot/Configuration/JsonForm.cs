using System.Text.Json;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>
/// The form of a JSON value: its kind, and the keys and kinds at every level below. It does not check what texts and numbers mean.
/// </summary>
internal abstract class JsonForm
{
    /// <summary>Any string.</summary>
    public static JsonForm Text { get; } = new Plain(OptionJson.String);

    /// <summary>Any number.</summary>
    public static JsonForm Number { get; } = new Plain(OptionJson.Number);

    /// <summary>Any number without a fraction.</summary>
    public static JsonForm WholeNumber { get; } = new Whole(null);

    /// <summary>The kinds of value that it accepts.</summary>
    public abstract OptionJson Kinds { get; }

    /// <summary>The form as a JSON schema, without its braces.</summary>
    public abstract string Schema { get; }

    /// <summary>Adds the value's errors to the node's findings.</summary>
    public abstract void Check(ConfigNode node);

    /// <summary>A string, number or boolean, limited to these kinds.</summary>
    public static JsonForm Scalar(OptionJson kinds) => new Plain(kinds);

    /// <summary>One of these strings.</summary>
    public static JsonForm OneOf(params string[] values) => new Word(values);

    /// <summary>A number without a fraction, at least this one.</summary>
    public static JsonForm WholeNumberFrom(int least) => new Whole(least);

    /// <summary>An array.</summary>
    public static JsonForm List(JsonForm item) => new Array(item, isEmptyAllowed: true);

    /// <summary>An array of at least one item.</summary>
    public static JsonForm FilledList(JsonForm item) => new Array(item, isEmptyAllowed: false);

    /// <summary>An object with any keys.</summary>
    /// <param name="value">The form of the values.</param>
    /// <param name="special">Keys whose values have another form.</param>
    public static JsonForm Map(JsonForm value, Dictionary<string, JsonForm>? special = null) =>
        new Dictionary(value, special ?? [], isSingle: false);

    /// <summary>An object with exactly one key of any name.</summary>
    public static JsonForm Pair(JsonForm value) => new Dictionary(value, [], isSingle: true);

    /// <summary>An object with these keys.</summary>
    /// <param name="members">The allowed keys and their forms.</param>
    /// <param name="required">The required keys.</param>
    public static JsonForm Object(Dictionary<string, JsonForm> members, params string[] required) => new Record(members, required);

    /// <summary>An object with exactly one of these keys.</summary>
    public static JsonForm Choice(Dictionary<string, JsonForm> members) => new Alternative(members);

    /// <summary>A value of the other form, or any string.</summary>
    public static JsonForm TextOr(JsonForm other) => new Either(other);

    private static string Quote(IEnumerable<string> words) =>
        string.Join(',', words.Select(static word => $"\"{JsonEncodedText.Encode(word)}\""));

    private static string Properties(Dictionary<string, JsonForm> members) =>
        string.Join(',', members.Select(static member => $"{Quote([member.Key])}:{{{member.Value.Schema}}}"));

    private sealed class Plain(OptionJson kinds) : JsonForm
    {
        public override OptionJson Kinds => kinds;

        public override string Schema
        {
            get
            {
                (OptionJson Kind, string Name)[] all =
                    [(OptionJson.String, "string"), (OptionJson.Number, "number"), (OptionJson.Boolean, "boolean")];
                string[] names = [.. all.Where(row => (kinds & row.Kind) != 0).Select(static row => row.Name)];
                return $"\"type\":{(names.Length == 1 ? Quote(names) : $"[{Quote(names)}]")}";
            }
        }

        public override void Check(ConfigNode node) => node.Is(kinds);
    }

    private sealed class Whole(int? least) : JsonForm
    {
        public override OptionJson Kinds => OptionJson.Number;

        public override string Schema => "\"type\":\"integer\"" + (least is null ? "" : $",\"minimum\":{least}");

        public override void Check(ConfigNode node)
        {
            if (!node.Is(OptionJson.Number))
            {
                return;
            }

            string text = node.Value.GetRawText();
            if (text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0)
            {
                node.Findings.Add(OptionError.Malformed(node.Path, $"'{text}' is not a whole number"));
            }
            else if (least is not null && (!node.Value.TryGetDecimal(out decimal number) ? text[0] == '-' : number < least))
            {
                node.Findings.Add(OptionError.Malformed(node.Path, $"expected a whole number from {least}, got {text}"));
            }
        }
    }

    private sealed class Word(string[] values) : JsonForm
    {
        public override OptionJson Kinds => OptionJson.String;

        public override string Schema => $"\"enum\":[{Quote(values)}]";

        public override void Check(ConfigNode node)
        {
            if (node.Text() is { } text && !values.Contains(text))
            {
                node.Findings.Add(OptionError.Malformed(node.Path, $"'{text}' is not one of: {string.Join(", ", values)}"));
            }
        }
    }

    private sealed class Array(JsonForm item, bool isEmptyAllowed) : JsonForm
    {
        public override OptionJson Kinds => OptionJson.Array;

        public override string Schema =>
            $"\"type\":\"array\",\"items\":{{{item.Schema}}}" + (isEmptyAllowed ? "" : ",\"minItems\":1");

        public override void Check(ConfigNode node)
        {
            foreach (ConfigNode one in node.Items())
            {
                item.Check(one);
            }

            if (!isEmptyAllowed && node.Value is { ValueKind: JsonValueKind.Array } array && array.GetArrayLength() == 0)
            {
                node.Findings.Add(OptionError.Malformed(node.Path, "expected an array of at least one item, got an empty one"));
            }
        }
    }

    private sealed class Either(JsonForm other) : JsonForm
    {
        public override OptionJson Kinds => OptionJson.String | other.Kinds;

        public override string Schema => $"\"anyOf\":[{{\"type\":\"string\"}},{{{other.Schema}}}]";

        public override void Check(ConfigNode node)
        {
            if (node.Value.ValueKind != JsonValueKind.String && node.Is(Kinds))
            {
                other.Check(node);
            }
        }
    }

    private sealed class Dictionary(JsonForm value, Dictionary<string, JsonForm> special, bool isSingle) : JsonForm
    {
        public override OptionJson Kinds => OptionJson.Object;

        public override string Schema =>
            "\"type\":\"object\"," + (special.Count > 0 ? $"\"properties\":{{{Properties(special)}}}," : "")
            + $"\"additionalProperties\":{{{value.Schema}}}" + (isSingle ? ",\"minProperties\":1,\"maxProperties\":1" : "");

        public override void Check(ConfigNode node)
        {
            IReadOnlyDictionary<string, ConfigNode> members = node.Members(known: null);
            foreach ((string key, ConfigNode member) in members)
            {
                special.GetValueOrDefault(key, value).Check(member);
            }

            if (isSingle && node.Value.ValueKind == JsonValueKind.Object && members.Count != 1)
            {
                node.Findings.Add(OptionError.Malformed(node.Path, $"expected an object with one key, got one with {members.Count}"));
            }
        }
    }

    private sealed class Record(Dictionary<string, JsonForm> members, string[] required) : JsonForm
    {
        public override OptionJson Kinds => OptionJson.Object;

        public override string Schema =>
            "\"type\":\"object\"," + (required.Length > 0 ? $"\"required\":[{Quote(required)}]," : "")
            + $"\"additionalProperties\":false,\"properties\":{{{Properties(members)}}}";

        public override void Check(ConfigNode node)
        {
            foreach ((string key, ConfigNode member) in node.Members(members.Keys, required))
            {
                members[key].Check(member);
            }
        }
    }

    private sealed class Alternative(Dictionary<string, JsonForm> members) : JsonForm
    {
        public override OptionJson Kinds => OptionJson.Object;

        public override string Schema =>
            "\"type\":\"object\",\"minProperties\":1,\"maxProperties\":1,"
            + $"\"additionalProperties\":false,\"properties\":{{{Properties(members)}}}";

        public override void Check(ConfigNode node)
        {
            IReadOnlyDictionary<string, ConfigNode> given = node.Members(members.Keys);
            foreach ((string key, ConfigNode member) in given)
            {
                members[key].Check(member);
            }

            if (node.Value.ValueKind == JsonValueKind.Object && node.Value.GetPropertyCount() != 1)
            {
                node.Findings.Add(
                    OptionError.Malformed(node.Path, $"expected an object with one of these keys: {string.Join(", ", members.Keys)}"));
            }
        }
    }
}
