//go:build amd64 && !purego

#include "textflag.h"

// func xorAVX2(dst, src *byte, n int, k uint64)
//
// The first and the last 32 bytes are read before anything is written and
// written after everything was, so that what lies between can be done in whole,
// aligned vectors, and bytes that are written twice get the same.
//
// Only VEX instructions touch vectors: the older ones stall once a Y register
// has been written.
//
// DI dst, SI src, DX n; Y0 the key, Y1 the key for vectors that end at the end,
// Y15 the first vector, Y14 the last.
TEXT ·xorAVX2(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), DX
	MOVQ k+24(FP), R8
	VMOVQ R8, X0
	VPBROADCASTQ X0, Y0

	// The key has a period of 4 bytes, so turning it by n mod 8 bytes will do.
	MOVQ R8, R9
	LEAQ (DX*8), CX
	RORQ CX, R9
	VMOVQ R9, X1
	VPBROADCASTQ X1, Y1

	VPXOR (SI), Y0, Y15
	VPXOR -32(SI)(DX*1), Y1, Y14
	CMPQ DX, $64
	JBE  ends
	CMPQ DX, $128
	JA   long

	VPXOR 32(SI), Y0, Y2
	VPXOR -64(SI)(DX*1), Y1, Y3
	VMOVDQU Y2, 32(DI)
	VMOVDQU Y3, -64(DI)(DX*1)

ends:
	VMOVDQU Y15, (DI)
	VMOVDQU Y14, -32(DI)(DX*1)
	VZEROUPPER
	RET

long:
	// R10 and R11 are where the first and the last vector go.
	MOVQ DI, R10
	LEAQ -32(DI)(DX*1), R11

	// Go on at the next 32 bytes of dst that are aligned.
	MOVQ DI, CX
	NEGQ CX
	ANDQ $31, CX
	ADDQ CX, DI
	ADDQ CX, SI
	SUBQ CX, DX
	SHLQ $3, CX
	RORQ CX, R8
	VMOVQ R8, X0
	VPBROADCASTQ X0, Y0
	SUBQ $128, DX
	JB   rest

loop:
	VPXOR (SI), Y0, Y2
	VPXOR 32(SI), Y0, Y3
	VPXOR 64(SI), Y0, Y4
	VPXOR 96(SI), Y0, Y5
	VMOVDQA Y2, (DI)
	VMOVDQA Y3, 32(DI)
	VMOVDQA Y4, 64(DI)
	VMOVDQA Y5, 96(DI)
	ADDQ $128, SI
	ADDQ $128, DI
	SUBQ $128, DX
	JAE  loop

rest:
	ADDQ $96, DX // now what is left, less 32
	JS   done

vector:
	VPXOR (SI), Y0, Y2
	VMOVDQA Y2, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $32, DX
	JAE  vector

done:
	VMOVDQU Y15, (R10)
	VMOVDQU Y14, (R11)
	VZEROUPPER
	RET

// func cpuid(leaf, sub uint32) (a, b, c, d uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL sub+4(FP), CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	MOVL DX, d+20(FP)
	RET

// func xgetbv() (low, high uint32)
TEXT ·xgetbv(SB), NOSPLIT, $0-8
	XORL CX, CX
	XGETBV
	MOVL AX, low+0(FP)
	MOVL DX, high+4(FP)
	RET
