namespace Ovms.Graphs.Packets;

/// <summary>
/// What kind of value the packets of a stream have. The two ends of a stream must agree: the same kind, or one of them takes
/// <see cref="Any"/>. The names appear in messages.
/// </summary>
/// <param name="Name">Name of the kind; null for <see cref="Any"/>.</param>
internal readonly record struct PacketKind(string? Name)
{
    /// <summary>Any value. The kind of a stream between nodes that only hand packets on.</summary>
    public static PacketKind Any => default;

    /// <summary>One tensor: the server's one type of tensor, whatever the tag says.</summary>
    public static PacketKind Tensor => new("tensor");

    /// <summary>A <see cref="ValueVector"/> of tensors.</summary>
    public static PacketKind TensorVector => new("vector of tensors");

    /// <summary>All tensors of a request, with their names.</summary>
    public static PacketKind Request => new("whole request");

    /// <summary>A <see cref="bool"/>.</summary>
    public static PacketKind Bool => new("bool");

    /// <summary>An <see cref="int"/>.</summary>
    public static PacketKind Int32 => new("int");

    /// <summary>A <see cref="long"/>.</summary>
    public static PacketKind Int64 => new("int64");

    /// <summary>A <see cref="uint"/>.</summary>
    public static PacketKind UInt32 => new("uint");

    /// <summary>A <see cref="ulong"/>.</summary>
    public static PacketKind UInt64 => new("uint64");

    /// <summary>A <see cref="float"/>.</summary>
    public static PacketKind Float => new("float");

    /// <summary>A <see cref="double"/>.</summary>
    public static PacketKind Double => new("double");

    /// <summary>A <see cref="string"/>.</summary>
    public static PacketKind Text => new("string");

    /// <summary>A <see cref="ValueVector"/> of strings.</summary>
    public static PacketKind TextVector => new("vector of strings");

    /// <summary>A <see cref="ValuePair"/>.</summary>
    public static PacketKind Pair => new("pair");

    /// <summary>A <see cref="Packets.Timestamp"/>.</summary>
    public static PacketKind Time => new("timestamp");

    /// <summary>Whether a stream of the one kind may lead to a port of the other.</summary>
    public bool Fits(PacketKind other) => Name is null || other.Name is null || Name == other.Name;

    /// <inheritdoc/>
    public override string ToString() => Name ?? "any";
}
