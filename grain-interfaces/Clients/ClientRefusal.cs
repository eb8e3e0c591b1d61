namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>Why a request of a client or node was refused.</summary>
public enum ClientRefusal
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>The token is nobody's of this kind.</summary>
    Token,

    /// <summary>Too many wrong tokens came from the address.</summary>
    Withheld,

    /// <summary>The information is longer than allowed.</summary>
    Information,

    /// <summary>The hash of a node is missing, or longer than allowed.</summary>
    Hash,

    /// <summary>There is no such recipient, or it is of the sender's own kind.</summary>
    Recipient,

    /// <summary>The content is longer than allowed.</summary>
    Content,

    /// <summary>The recipient's mailbox is full.</summary>
    Full,

    /// <summary>What is answered is not in the sender's mailbox any more.</summary>
    Row,
}
